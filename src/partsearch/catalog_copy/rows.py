"""The rows of a table: from one database into the other, and compared there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice

from psycopg import sql

from partsearch.catalog_copy.errors import DifferenceError
from partsearch.catalog_copy.side import STATEMENT_SECONDS, UNCHANGED, Side
from partsearch.catalog_copy.tables import Table

_STANDSTILL_SECONDS = 120
_BATCH = 2_000

Data = bytes | bytearray | memoryview

# A sum does not depend on the order of the rows. MD5 of a text in UTF-8 is the same in every release of PostgreSQL.
_CHECKSUM = """
    SELECT count(*), coalesce(sum(('x' || left(md5(convert_to(row_::text, 'UTF8')), 16))::bit(64)::bigint), 0)
    FROM (SELECT {columns} FROM {table}) AS row_
"""


@dataclass(frozen=True)
class Fingerprint:
    """What two tables with the same rows have in common."""

    rows: int
    checksum: int


def fingerprint(side: Side, table: Table) -> Fingerprint:
    """Count and checksum of a table, worked out by its database."""
    query = sql.SQL(_CHECKSUM).format(columns=table.column_list, table=table.identifier)
    rows, checksum = side.rows(query)[0]
    return Fingerprint(rows, int(checksum))


def compare(source: Side, target: Side, table: Table) -> int:
    """Holds a table of the target against that of the source; the number of rows, where they are the same.

    Raises:
        DifferenceError: they are not.
    """
    wanted, found = fingerprint(source, table), fingerprint(target, table)
    if wanted == found:
        return wanted.rows
    what = (
        f"{found.rows:,} rows instead of {wanted.rows:,}" if wanted.rows != found.rows else "other values in its rows"
    )
    raise DifferenceError(
        f"The check failed: the table {table.name} of TO has {what}. {UNCHANGED}",
        "See what changes rows in TO: a type of a column, a rule, a trigger of the whole database.",
    )


def count(side: Side, table: Table) -> int:
    """How many rows a table has."""
    return int(side.value(sql.SQL("SELECT count(*) FROM {}").format(table.identifier)))


def copy(source: Side, target: Side, table: Table, advance: Callable[[int], None]) -> None:
    """Streams a table over; ``advance`` is told of each batch of rows.

    Raises:
        CopyError: one of the two refuses, is gone, or stands still.
    """
    names = {"table": table.identifier, "columns": table.column_list}
    reading = sql.SQL("COPY {table} ({columns}) TO STDOUT").format(**names)
    writing = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(**names)
    with ExitStack() as stack:
        # The foreign keys are looked after when the last row is in, which has the time of a statement.
        ending = stack.enter_context(ExitStack())
        with _moving(source, target):
            outgoing = stack.enter_context(_reading(source, reading))
            stack.enter_context(target.telling())
            incoming = stack.enter_context(target.connection.cursor().copy(writing))
        while sent := _send(source, target, outgoing, incoming.write):
            advance(sent)
        ending.enter_context(target.limit(STATEMENT_SECONDS))


@contextmanager
def _moving(source: Side, target: Side) -> Iterator[None]:
    with source.limit(_STANDSTILL_SECONDS), target.limit(_STANDSTILL_SECONDS):
        yield


@contextmanager
def _reading(source: Side, query: sql.Composed) -> Iterator[Iterator[Data]]:
    with source.telling(), source.connection.cursor().copy(query) as outgoing:
        yield _told(source, iter(outgoing))


def _told(source: Side, rows: Iterator[Data]) -> Iterator[Data]:
    with source.telling():
        yield from rows


def _send(source: Side, target: Side, rows: Iterator[Data], write: Callable[[Data], None]) -> int:
    """Sends one batch on. The server hands out each row by itself."""
    sent = 0
    with _moving(source, target):
        for row in islice(rows, _BATCH):
            write(row)
            sent += 1
    return sent
