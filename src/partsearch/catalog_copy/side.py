"""One of the two databases, connected: its settings, its time limits, and its errors in our words."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from partsearch.catalog_copy.errors import ConnectionBrokeError, CopyError, TableLockedError
from partsearch.catalog_copy.place import Place
from partsearch.database.driver_errors import first_line
from partsearch.database.watchdog import Watchdog, cut

UNCHANGED = "Not a row of TO was changed."
STATEMENT_SECONDS = 4 * 3600
"""As long as an index of a very large catalog may take to be built; a stream that stands still is ended earlier."""

_LOCK_SECONDS = 10
_COMMIT_SECONDS = 120
# A peer that is gone without a word is noticed after 40 s; one that lives and is silent, by the watchdog.
_KEEPALIVES = {
    "keepalives": "1",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "40000",
}
# Every value has one form, for COPY and for the checksums. No time limit of a role or a server ends the copy: while one
# side builds its indexes for an hour, the other waits in its transaction.
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


class Side:
    """A connection to a place. Whatever is asked through it is in a transaction."""

    def __init__(self, place: Place, connection: psycopg.Connection[Any]) -> None:
        self.place = place
        self.connection = connection
        self._was_silent = False

    @classmethod
    @contextmanager
    def connected(cls, place: Place, *, is_source: bool) -> Iterator["Side"]:
        """Connects for the block; what is not committed by its end is rolled back.

        The source is only read, all of it in one snapshot.

        Raises:
            ConnectionBrokeError: the connection cannot be had.
        """
        conninfo = make_conninfo("", **{**_KEEPALIVES, **conninfo_to_dict(place.address.conninfo())})
        try:
            connection = psycopg.connect(conninfo, prepare_threshold=None, client_encoding="utf8")
        except psycopg.Error as error:
            raise _told(place, error) from None
        try:
            connection.read_only = is_source
            if is_source:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield cls(place, connection)
        finally:
            connection.close()

    def begin(self) -> None:
        """Begins a transaction with settings for it alone: a pooler would hand those of a session on to others."""
        self.rows(
            "SELECT set_config(name, value, true)"
            " FROM unnest(%s::text[], %s::text[]) AS wanted (name, value) JOIN pg_settings USING (name)",
            [list(_SETTINGS), list(_SETTINGS.values())],
        )

    def commit(self) -> None:
        """Ends the transaction, its work kept.

        Raises:
            CopyError: no answer came, or the work is not kept.
        """
        with self.telling(), self.limit(_COMMIT_SECONDS):
            self.connection.commit()

    def run(self, query: Query, values: Values | None = None) -> int:
        """Executes a statement; the number of rows that it touched.

        Raises:
            CopyError: the database refuses it, or is gone.
        """
        with self.telling(), self.limit(STATEMENT_SECONDS):
            return self.connection.execute(query, values).rowcount

    def rows(self, query: Query, values: Values | None = None) -> list[tuple[Any, ...]]:
        """The rows that a query finds.

        Raises:
            CopyError: the database refuses it, or is gone.
        """
        with self.telling(), self.limit(STATEMENT_SECONDS):
            return self.connection.execute(query, values).fetchall()

    def value(self, query: Query, values: Values | None = None) -> Any:
        """The one value that a query finds.

        Raises:
            CopyError: the database refuses it, or is gone.
        """
        return self.rows(query, values)[0][0]

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Cuts the connection when the block takes longer than this."""
        descriptor = self.connection.fileno()

        def act() -> None:
            self._was_silent = True
            cut(descriptor)

        with _watchdog.limit(seconds, act):
            yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """The driver's errors, in our words."""
        try:
            yield
        except psycopg.Error as error:
            raise _told(self.place, error, was_silent=self._was_silent) from None


def _told(place: Place, error: psycopg.Error, *, was_silent: bool = False) -> CopyError:
    where = f"{place.role} ({place.address.shown()})"
    said = "no answer came in time" if was_silent else place.without_password(first_line(error))
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return TableLockedError(
            f"{where}: somebody else holds its tables, and did not let go of them for {_LOCK_SECONDS} s. {UNCHANGED}",
            "Let the import, the migration or the other copy end, and run it again.",
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return CopyError(f"{where}: {said}. {UNCHANGED}", "Name it with the role that owns its tables.")
    if isinstance(error, psycopg.OperationalError):
        return ConnectionBrokeError(f"{where}: {said}. {UNCHANGED}", "See to that database, and run it again.")
    return CopyError(f"{where}: {said}. {UNCHANGED}", "See 'partsearch doctor' for that database.")
