"""Whether a statement of a migration can run while the release before serves, and goes on serving after it.

What is not known to be safe is not taken to be.
"""

import re
from collections.abc import Iterator

from partsearch.deploy.alter_table import alter_table
from partsearch.deploy.safety import Fault, Kind, Known
from partsearch.deploy.sql_text import Statement, name, parts

_NAME = r'((?:"(?:[^"]|"")*"|[\w$.])+)'
_SAFE = re.compile(
    r"(INSERT INTO|COMMENT ON|GRANT|SELECT|SET|RESET|ANALYZE|SHOW|REINDEX [A-Z ]*CONCURRENTLY|ALTER SEQUENCE"
    r"|ALTER TYPE \S+ ADD VALUE|CREATE (OR REPLACE )?(TYPE|SEQUENCE|EXTENSION|SCHEMA|STATISTICS|COLLATION|OPERATOR"
    r"|AGGREGATE|CAST|DOMAIN|MATERIALIZED VIEW|TEXT SEARCH))\b"
)
_WAITS = re.compile(r"(LOCK|VACUUM|CLUSTER|REINDEX|REFRESH MATERIALIZED VIEW)\b")
_REPLACES = re.compile(rf"CREATE OR REPLACE (?:CONSTRAINT )?(?:RECURSIVE )?(?:FUNCTION|PROCEDURE|VIEW|TRIGGER) {_NAME}")
_OBJECT = re.compile(
    rf"CREATE (?:UNLOGGED |CONSTRAINT |RECURSIVE )*(TABLE|FUNCTION|PROCEDURE|VIEW|TRIGGER|TYPE|SEQUENCE|DOMAIN|SCHEMA"
    rf"|MATERIALIZED VIEW) (IF NOT EXISTS )?{_NAME}"
)
_INDEX = re.compile(
    rf"CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(IF NOT EXISTS )?(?:(?!ON ){_NAME} )?ON (?:ONLY )?{_NAME}"
)
_DROP = re.compile(rf"DROP ((?:MATERIALIZED |FOREIGN )?[A-Z]+) (CONCURRENTLY )?(?:IF EXISTS )?{_NAME}(.*)", re.DOTALL)
_CHANGES_ROWS = re.compile(rf"(?:UPDATE|DELETE FROM) (?:ONLY )?{_NAME}")
_TRUNCATE = re.compile(rf"TRUNCATE (?:TABLE )?(?:ONLY )?{_NAME}")


def faults(statement: Statement, known: Known) -> Iterator[Fault]:
    """What is not safe about a statement; ``known`` learns what it makes."""
    text = statement.canonical
    if text.startswith("ALTER TABLE "):
        yield from alter_table(statement.words[2:], known)
    elif match := _INDEX.match(text):
        yield from _create_index(match, known)
    elif match := _DROP.match(text):
        yield from _drop(match, known)
    elif match := _REPLACES.match(text):
        if name(match[1]) in known.replaceable - known.made:
            yield (
                Kind.UNKNOWN,
                f"it replaces {name(match[1])}, which the running release uses: make one of another name",
            )
    elif match := _OBJECT.match(text):
        # With IF NOT EXISTS it may have been there before.
        if not match[2]:
            known.made.add(name(match[3]))
    elif match := _CHANGES_ROWS.match(text):
        if known.is_big(name(match[1])):
            yield (
                Kind.BLOCKS,
                f"it locks many rows of {name(match[1])} until it is done: change them in pieces, outside",
            )
    elif match := _TRUNCATE.match(text):
        if known.is_old(name(match[1])):
            yield Kind.BREAKS, f"the running release needs the rows of {name(match[1])}"
    elif _WAITS.match(text) and not _SAFE.match(text):
        yield Kind.BLOCKS, "searches and writes wait until it is done"
    elif not _SAFE.match(text):
        yield Kind.UNKNOWN, "nothing is known of what it does to the running release"


def _create_index(match: re.Match[str], known: Known) -> Iterator[Fault]:
    table = name(match[4])
    if match[3] and not match[2]:
        known.made.add(name(match[3]))
    if known.is_big(table) and not match[1]:
        yield Kind.BLOCKS, f"nobody can write to {table} until the index is made: make it CONCURRENTLY"


def _drop(match: re.Match[str], known: Known) -> Iterator[Fault]:
    kind, others = match[1].lower(), parts(tuple(match[4].split()))[1:]
    dropped = [name(match[3]), *(name(other[0]) for other in others)]
    for missed in (one for one in dropped if one not in known.made):
        yield Kind.BREAKS, f"the running release may use the {kind} {missed}"
    if kind == "index" and not match[2] and not known.made.issuperset(dropped):
        yield Kind.BLOCKS, "searches wait until the index can be locked: drop it CONCURRENTLY"
