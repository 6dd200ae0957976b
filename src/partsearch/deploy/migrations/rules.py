"""The rules of the migration lint: whether a statement can run while the old release serves, now and afterwards.

A statement that no rule knows to be safe is a violation.
"""

import re
from collections.abc import Iterator

from partsearch.deploy.migrations.alter_table_rules import check_alter_table
from partsearch.deploy.migrations.sql_text import SqlStatement, name, split_at_commas
from partsearch.deploy.migrations.violations import LintContext, Violation, ViolationKind

_NAME = r'((?:"(?:[^"]|"")*"|[\w$.])+)'
_SAFE = re.compile(
    r"(INSERT INTO|COMMENT ON|GRANT|SELECT|SET|RESET|ANALYZE|SHOW|REINDEX [A-Z ]*CONCURRENTLY|ALTER SEQUENCE"
    r"|ALTER TYPE \S+ ADD VALUE|CREATE (OR REPLACE )?(TYPE|SEQUENCE|EXTENSION|SCHEMA|STATISTICS|COLLATION|OPERATOR"
    r"|AGGREGATE|CAST|DOMAIN|MATERIALIZED VIEW|TEXT SEARCH)"
    r"|LOCK TABLE [^;]* IN (ACCESS SHARE|ROW SHARE|ROW EXCLUSIVE) MODE)\b"
)
_BLOCKING = re.compile(r"(LOCK|VACUUM|CLUSTER|REINDEX|REFRESH MATERIALIZED VIEW)\b")
_REPLACE = re.compile(rf"CREATE OR REPLACE (?:CONSTRAINT )?(?:RECURSIVE )?(?:FUNCTION|PROCEDURE|VIEW|TRIGGER) {_NAME}")
_CREATE = re.compile(
    rf"CREATE (?:UNLOGGED |CONSTRAINT |RECURSIVE )*(TABLE|FUNCTION|PROCEDURE|VIEW|TRIGGER|TYPE|SEQUENCE|DOMAIN|SCHEMA"
    rf"|MATERIALIZED VIEW) (IF NOT EXISTS )?{_NAME}"
)
_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(IF NOT EXISTS )?(?:(?!ON ){_NAME} )?ON (?:ONLY )?{_NAME}"
)
_DROP = re.compile(rf"DROP ((?:MATERIALIZED |FOREIGN )?[A-Z]+) (CONCURRENTLY )?(?:IF EXISTS )?{_NAME}(.*)", re.DOTALL)
_CHANGE_ROWS = re.compile(rf"(?:UPDATE|DELETE FROM) (?:ONLY )?{_NAME}")
_TRUNCATE = re.compile(rf"TRUNCATE (?:TABLE )?(?:ONLY )?{_NAME}")


def check_statement(statement: SqlStatement, context: LintContext) -> Iterator[Violation]:
    """Yield the violations of a statement, and add to ``context`` what it creates."""
    text = statement.canonical
    if text.startswith("ALTER TABLE "):
        yield from check_alter_table(statement.words[2:], context)
    elif match := _INDEX.match(text):
        yield from _check_create_index(match, context)
    elif match := _DROP.match(text):
        yield from _check_drop(match, context)
    elif match := _REPLACE.match(text):
        yield from _check_replace(name(match[1]), context)
    elif match := _CREATE.match(text):
        # With IF NOT EXISTS the object may be an older one.
        if not match[2]:
            context.created.add(name(match[3]))
    elif match := _CHANGE_ROWS.match(text):
        yield from _check_change_of_rows(name(match[1]), context)
    elif match := _TRUNCATE.match(text):
        yield from _check_truncate(name(match[1]), context)
    elif _BLOCKING.match(text) and not _SAFE.match(text):
        yield Violation(ViolationKind.BLOCKS, "searches and writes wait until it is done")
    elif not _SAFE.match(text):
        yield Violation(ViolationKind.UNKNOWN, "its effect on the running release is unknown")


def _check_create_index(match: re.Match[str], context: LintContext) -> Iterator[Violation]:
    table = name(match[4])
    if match[3] and not match[2]:
        context.created.add(name(match[3]))
    if context.is_big(table) and not match[1]:
        yield Violation(
            ViolationKind.BLOCKS, f"writes to {table} wait until the index is complete: create it CONCURRENTLY"
        )


def _check_drop(match: re.Match[str], context: LintContext) -> Iterator[Violation]:
    kind, others = match[1].lower(), split_at_commas(tuple(match[4].split()))[1:]
    dropped = [name(match[3]), *(name(other[0]) for other in others)]
    for missing in (one for one in dropped if one not in context.created):
        yield Violation(ViolationKind.BREAKS, f"the running release may use the {kind} {missing}")
    if kind == "index" and not match[2] and not context.created.issuperset(dropped):
        yield Violation(ViolationKind.BLOCKS, "searches wait until the index can be locked: drop it CONCURRENTLY")


def _check_replace(replaced: str, context: LintContext) -> Iterator[Violation]:
    if replaced in context.replaceable - context.created:
        yield Violation(
            ViolationKind.UNKNOWN, f"it replaces {replaced}, which the running release uses: create one of another name"
        )


def _check_change_of_rows(table: str, context: LintContext) -> Iterator[Violation]:
    if context.is_big(table):
        yield Violation(
            ViolationKind.BLOCKS,
            f"it locks many rows of {table} until it is done: change them in batches, outside of a migration",
        )


def _check_truncate(table: str, context: LintContext) -> Iterator[Violation]:
    if context.is_in_use(table):
        yield Violation(ViolationKind.BREAKS, f"the running release needs the rows of {table}")
