"""Which statements of a migration the lint accepts, and in which way the others are unsafe."""

import pytest

from partsearch.deploy.migrations.rules import check_statement
from partsearch.deploy.migrations.sql_text import split_statements
from partsearch.deploy.migrations.violations import LintContext, ViolationKind

_BIG, _SMALL = 100, 1


def kinds(sql: str) -> list[str]:
    """Return in which ways the statements of ``sql`` are unsafe; part is a big table and mark a small one."""
    context = LintContext(
        tables={"part": _BIG, "mark": _SMALL},
        columns={"part.name": "character varying(200)", "part.note": "text"},
        replaceable={"part_follow", "shown_part"},
        big_bytes=10,
    )
    return [
        str(violation.kind) for statement in split_statements(sql) for violation in check_statement(statement, context)
    ]


SAFE = [
    "LOCK TABLE ONLY part, mark IN ROW EXCLUSIVE MODE NOWAIT",
    'ALTER TABLE "part" ADD COLUMN "seller" varchar(20) NULL',
    "ALTER TABLE part ADD seller text DEFAULT 'a, b' NOT NULL",
    "ALTER TABLE public.part ADD COLUMN count integer DEFAULT 0 NOT NULL, ADD COLUMN since timestamptz DEFAULT now()",
    'ALTER TABLE "part" ADD COLUMN "tags" jsonb DEFAULT \'{}\'::jsonb NOT NULL',
    "ALTER TABLE part ADD COLUMN size numeric(10, 2) DEFAULT -1.5 NOT NULL",
    'ALTER TABLE "part" ADD COLUMN "x" integer DEFAULT 5 NULL; ALTER TABLE "part" ALTER COLUMN "x" DROP DEFAULT',
    "ALTER TABLE part ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE part ALTER COLUMN name SET DEFAULT ''",
    'ALTER TABLE "part" ALTER COLUMN "name" TYPE varchar(300) USING "name"::varchar(300)',
    "ALTER TABLE part ALTER name TYPE text",
    "ALTER TABLE part ADD CONSTRAINT sane CHECK (price > 0) NOT VALID",
    "ALTER TABLE part VALIDATE CONSTRAINT sane",
    "ALTER TABLE part ADD CONSTRAINT one UNIQUE USING INDEX part_one",
    "ALTER TABLE mark ADD CONSTRAINT sane CHECK (name <> '')",
    "CREATE INDEX CONCURRENTLY part_seller ON part (seller)",
    "CREATE INDEX mark_name ON mark (name)",
    "CREATE TABLE seller (id bigint PRIMARY KEY, name text NOT NULL); CREATE INDEX a ON seller (name);"
    "ALTER TABLE seller ADD COLUMN town text NOT NULL; ALTER TABLE seller RENAME TO dealer",
    "CREATE INDEX CONCURRENTLY a ON part (id); DROP INDEX a",
    "CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP TABLE part; END $$",
    "CREATE FUNCTION one() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 1",
    "CREATE OR REPLACE FUNCTION brand_new() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE TRIGGER say AFTER INSERT ON part FOR EACH STATEMENT EXECUTE FUNCTION say()",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "INSERT INTO mark (name) VALUES ('DROP TABLE part; --')",
    "-- DROP TABLE part;\n/* DROP TABLE mark */ SELECT 1;",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "UPDATE mark SET name = ''",
    "REINDEX INDEX CONCURRENTLY part_pkey",
]
BREAKS = [
    'ALTER TABLE "part" DROP COLUMN "name" CASCADE',
    "ALTER TABLE IF EXISTS ONLY public.part ADD COLUMN a text NULL, DROP COLUMN b",
    'ALTER TABLE "part" ADD COLUMN "seller" varchar(20) NOT NULL',
    'ALTER TABLE "part" ADD COLUMN "s" int DEFAULT 5 NOT NULL; ALTER TABLE "part" ALTER COLUMN "s" DROP DEFAULT',
    "ALTER TABLE part ALTER COLUMN name SET NOT NULL",
    "ALTER TABLE part ALTER COLUMN name TYPE integer",
    "ALTER TABLE part ALTER COLUMN name TYPE varchar(100)",
    "ALTER TABLE part ALTER COLUMN note TYPE varchar(9000)",
    "ALTER TABLE part RENAME COLUMN name TO title",
    "ALTER TABLE part RENAME TO piece",
    "ALTER TABLE part DROP CONSTRAINT part_price_range",
    "DROP TABLE mark",
    "DROP FUNCTION IF EXISTS part_follow(text, integer)",
    "CREATE TABLE fresh (id int); DROP TABLE fresh, mark",
    "TRUNCATE part",
    "drop trigger part_follow on part",
    "CREATE TABLE IF NOT EXISTS mark (id int); DROP TABLE mark",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS part_price ON part (price); DROP INDEX CONCURRENTLY part_price",
]
BLOCKS = [
    "CREATE INDEX part_seller ON part USING gin (seller)",
    "CREATE UNIQUE INDEX IF NOT EXISTS part_seller ON part (seller)",
    "CREATE INDEX ON part (seller)",
    "ALTER TABLE part ADD CONSTRAINT sane CHECK (price > 0)",
    "ALTER TABLE part ADD CONSTRAINT f FOREIGN KEY (mark_id) REFERENCES mark (id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE part ADD CONSTRAINT one UNIQUE (name)",
    "ALTER TABLE part ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL",
    "ALTER TABLE part ADD COLUMN large text GENERATED ALWAYS AS (upper(name)) STORED",
    "ALTER TABLE part ADD COLUMN number bigserial",
    "ALTER TABLE part ADD COLUMN chance float DEFAULT 1 + random() NOT NULL",
    "ALTER TABLE part ADD COLUMN seller bigint NULL REFERENCES mark (id)",
    "UPDATE part SET name = ''",
    "DELETE FROM ONLY part",
    "LOCK TABLE mark",
    "LOCK TABLE mark IN SHARE MODE",
    "LOCK TABLE mark IN SHARE ROW EXCLUSIVE MODE",
    "LOCK TABLE mark IN EXCLUSIVE MODE",
    "VACUUM FULL mark",
    "REINDEX TABLE mark",
]
UNKNOWN = [
    "DO $$ BEGIN EXECUTE 'DROP TABLE part'; END $$",
    "CREATE OR REPLACE FUNCTION part_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    "CREATE OR REPLACE VIEW shown_part AS SELECT 1",
    "WITH gone AS (DELETE FROM part RETURNING id) SELECT count(*) FROM gone",
    "ALTER TABLE part ENABLE ROW LEVEL SECURITY",
    "REVOKE SELECT ON part FROM PUBLIC",
    "CALL rebuild()",
]


@pytest.mark.parametrize("sql", SAFE)
def test_safe_statements(sql: str) -> None:
    assert kinds(sql) == []


@pytest.mark.parametrize("sql", BREAKS)
def test_incompatible_with_the_running_release(sql: str) -> None:
    assert kinds(sql) == [ViolationKind.BREAKS]


@pytest.mark.parametrize("sql", BLOCKS)
def test_blocks_the_running_release(sql: str) -> None:
    assert kinds(sql) == [ViolationKind.BLOCKS]


@pytest.mark.parametrize("sql", UNKNOWN)
def test_unknown_statements(sql: str) -> None:
    assert kinds(sql) == [ViolationKind.UNKNOWN]


def test_dropping_an_index_needs_a_contract_and_concurrently() -> None:
    assert kinds("DROP INDEX part_price") == [ViolationKind.BREAKS, ViolationKind.BLOCKS]
    assert kinds("DROP INDEX CONCURRENTLY part_price") == [ViolationKind.BREAKS]
