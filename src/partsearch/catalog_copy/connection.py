"""A connection to the source or the target: its settings, its time limits, its errors."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from partsearch.catalog_copy.endpoint import Endpoint
from partsearch.catalog_copy.errors import ConnectionBrokeError, CopyError, TableLockedError
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.watchdog import Watchdog, shut_down

UNCHANGED = "No row of TO was changed."
STATEMENT_SECONDS = 4 * 3600
"""The time to build an index of a very large catalog. A stream that stands still has a shorter limit."""

_LOCK_SECONDS = 10
_COMMIT_SECONDS = 120
# TCP notices a peer that has vanished after 40 s. The watchdog notices a peer that is connected and silent.
_KEEPALIVES = {
    "keepalives": "1",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "40000",
}
# COPY and the checksums need one text form for every value. No time limit of a role or a server may end the copy: one
# database waits in its transaction while the other builds its indexes for an hour.
_SETTINGS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lock_timeout": f"{_LOCK_SECONDS}s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
}

Query = LiteralString | sql.SQL | sql.Composed
Values = Sequence[object] | Mapping[str, object]
_watchdog = Watchdog()


class CopyConnection:
    """A connection to an endpoint. Every statement runs in a transaction."""

    def __init__(self, endpoint: Endpoint, connection: psycopg.Connection[Any]) -> None:
        self.endpoint = endpoint
        self.connection = connection
        self._is_timeout = False

    @classmethod
    @contextmanager
    def open(cls, endpoint: Endpoint, *, is_source: bool) -> Iterator["CopyConnection"]:
        """Connect for the block; what is not committed by its end is rolled back.

        The source is read-only, and all reads see one snapshot.

        Raises:
            ConnectionBrokeError: the connection fails.
        """
        conninfo = make_conninfo("", **{**_KEEPALIVES, **conninfo_to_dict(endpoint.address.conninfo())})
        try:
            connection = psycopg.connect(conninfo, prepare_threshold=None, client_encoding="utf8")
        except psycopg.Error as error:
            raise _copy_error(endpoint, error) from None
        try:
            connection.read_only = is_source
            if is_source:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield cls(endpoint, connection)
        finally:
            connection.close()

    def begin(self) -> None:
        """Begin a transaction with local settings: a pooler would pass session settings on to other clients."""
        self.rows(
            "SELECT set_config(name, value, true)"
            " FROM unnest(%s::text[], %s::text[]) AS wanted (name, value) JOIN pg_settings USING (name)",
            [list(_SETTINGS), list(_SETTINGS.values())],
        )

    def commit(self) -> None:
        """Commit the transaction.

        Raises:
            CopyError: the database does not answer, or the commit fails.
        """
        with self.errors_translated(), self.time_limit(_COMMIT_SECONDS):
            self.connection.commit()

    def run(self, query: Query, values: Values | None = None) -> int:
        """Execute a statement and return the number of affected rows.

        Raises:
            CopyError: the database rejects it, or the connection breaks.
        """
        with self.errors_translated(), self.time_limit(STATEMENT_SECONDS):
            return self.connection.execute(query, values).rowcount

    def rows(self, query: Query, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            CopyError: the database rejects it, or the connection breaks.
        """
        with self.errors_translated(), self.time_limit(STATEMENT_SECONDS):
            return self.connection.execute(query, values).fetchall()

    def value(self, query: Query, values: Values | None = None) -> Any:
        """Return the single value of a query.

        Raises:
            CopyError: the database rejects it, or the connection breaks.
        """
        return self.rows(query, values)[0][0]

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Close the connection if the block takes longer than ``seconds``."""
        descriptor = self.connection.fileno()

        def act() -> None:
            self._is_timeout = True
            shut_down(descriptor)

        with _watchdog.limit(seconds, act):
            yield

    @contextmanager
    def errors_translated(self) -> Iterator[None]:
        """Translate the driver's errors into CopyError."""
        try:
            yield
        except psycopg.Error as error:
            raise _copy_error(self.endpoint, error, is_timeout=self._is_timeout) from None


def _copy_error(endpoint: Endpoint, error: psycopg.Error, *, is_timeout: bool = False) -> CopyError:
    where = f"{endpoint.role} ({endpoint.address.display_name()})"
    reason = "no answer came in time" if is_timeout else endpoint.without_password(first_line(error))
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return TableLockedError(
            f"{where}: another command has locked its tables for {_LOCK_SECONDS} s. {UNCHANGED}",
            "Wait for the import, the migration or the other copy to end, and run it again.",
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return CopyError(f"{where}: {reason}. {UNCHANGED}", "Name it with the role that owns its tables.")
    if isinstance(error, psycopg.OperationalError):
        return ConnectionBrokeError(f"{where}: {reason}. {UNCHANGED}", "Check that database, and run it again.")
    return CopyError(f"{where}: {reason}. {UNCHANGED}", "See 'partsearch doctor' for that database.")
