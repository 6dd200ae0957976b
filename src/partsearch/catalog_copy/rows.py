"""The rows of a table: copied from one database to the other, and compared."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice

from psycopg import sql

from partsearch.catalog_copy.connection import STATEMENT_SECONDS, UNCHANGED, CopyConnection
from partsearch.catalog_copy.errors import DifferenceError
from partsearch.catalog_copy.tables import CopiedTable

_STANDSTILL_SECONDS = 120
_BATCH = 2_000

Data = bytes | bytearray | memoryview

# A sum does not depend on the order of the rows. The MD5 of a UTF-8 text is the same in every PostgreSQL.
_CHECKSUM = """
    SELECT count(*), coalesce(sum(('x' || left(md5(convert_to(row_::text, 'UTF8')), 16))::bit(64)::bigint), 0)
    FROM (SELECT {columns} FROM {table}) AS row_
"""


@dataclass(frozen=True)
class Fingerprint:
    """Count and checksum of the rows of a table: equal for equal rows."""

    rows: int
    checksum: int


def fingerprint(database: CopyConnection, table: CopiedTable) -> Fingerprint:
    """Return the fingerprint of a table, computed by its database."""
    query = sql.SQL(_CHECKSUM).format(columns=table.column_list, table=table.identifier)
    rows, checksum = database.rows(query)[0]
    return Fingerprint(rows, int(checksum))


def compare(source: CopyConnection, target: CopyConnection, table: CopiedTable) -> int:
    """Return the number of rows of a table that is equal in both databases.

    Raises:
        DifferenceError: the rows differ.
    """
    wanted, found = fingerprint(source, table), fingerprint(target, table)
    if wanted == found:
        return wanted.rows
    what = (
        f"{found.rows:,} rows instead of {wanted.rows:,}" if wanted.rows != found.rows else "other values in its rows"
    )
    raise DifferenceError(
        f"The check failed: the table {table.name} of TO has {what}. {UNCHANGED}",
        "Find what changes rows in TO: the type of a column, a rule, an event trigger.",
    )


def count(database: CopyConnection, table: CopiedTable) -> int:
    """Return the number of rows of a table."""
    return int(database.value(sql.SQL("SELECT count(*) FROM {}").format(table.identifier)))


def copy(source: CopyConnection, target: CopyConnection, table: CopiedTable, advance: Callable[[int], None]) -> None:
    """Stream a table from source to target; ``advance`` gets the size of each batch.

    Raises:
        CopyError: a database rejects it, breaks the connection, or stands still.
    """
    names = {"table": table.identifier, "columns": table.column_list}
    reading = sql.SQL("COPY {table} ({columns}) TO STDOUT").format(**names)
    writing = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(**names)
    with ExitStack() as stack:
        # PostgreSQL checks the foreign keys after the last row, within the time limit of a statement.
        ending = stack.enter_context(ExitStack())
        with _standstill_limit(source, target):
            outgoing = stack.enter_context(_copy_out(source, reading))
            stack.enter_context(target.errors_translated())
            incoming = stack.enter_context(target.connection.cursor().copy(writing))
        while sent := _send(source, target, outgoing, incoming.write):
            advance(sent)
        ending.enter_context(target.time_limit(STATEMENT_SECONDS))


@contextmanager
def _standstill_limit(source: CopyConnection, target: CopyConnection) -> Iterator[None]:
    with source.time_limit(_STANDSTILL_SECONDS), target.time_limit(_STANDSTILL_SECONDS):
        yield


@contextmanager
def _copy_out(source: CopyConnection, query: sql.Composed) -> Iterator[Iterator[Data]]:
    with source.errors_translated(), source.connection.cursor().copy(query) as outgoing:
        yield _copy_error(source, iter(outgoing))


def _copy_error(source: CopyConnection, rows: Iterator[Data]) -> Iterator[Data]:
    with source.errors_translated():
        yield from rows


def _send(source: CopyConnection, target: CopyConnection, rows: Iterator[Data], write: Callable[[Data], None]) -> int:
    """Send one batch and return its size. The server yields one row at a time."""
    sent = 0
    with _standstill_limit(source, target):
        for row in islice(rows, _BATCH):
            write(row)
            sent += 1
    return sent
