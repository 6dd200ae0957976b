"""A connection for work on the planes: under the lock of the totals, in one snapshot, with time limits."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from partsearch.database.address import DatabaseAddress
from partsearch.database.backend_priority import share_priority
from partsearch.database.errors.command_errors import database_error
from partsearch.database.watchdog import Watchdog, shut_down
from partsearch.totals.errors import TotalsConflictError, TotalsLockedError

APPLICATION_NAME = "partsearch-totals"
"""The name of these connections in pg_stat_activity."""

_QUERY_SECONDS = 10.0
_TABLE_LOCK_SECONDS = 5
_MARGIN_SECONDS = 2.0
"""How long after the time limits of PostgreSQL the connection is cut, for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0
# TRUNCATE part locks the table part first too. The other order could end in a deadlock.
_LIMITS_AND_LOCKS = """
    SET LOCAL statement_timeout = {};
    SET LOCAL lock_timeout = {};
    LOCK TABLE part, mark, model IN ACCESS SHARE MODE
"""
_watchdog = Watchdog()


class TotalsConnection:
    """A connection to the primary. It prepares no statement and keeps no setting of a session.

    Raises:
        DatabaseError: the database rejects the connection, or is out of reach.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        conninfo = make_conninfo(address.conninfo(), application_name=APPLICATION_NAME)
        with _errors_translated():
            self._connection = psycopg.connect(
                conninfo, autocommit=True, prepare_threshold=None, client_encoding="utf8"
            )
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._is_limited = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; what is not committed is rolled back."""
        self._connection.close()

    def share_priority(self) -> None:
        """Let the database work for this connection with the priority of this process."""
        share_priority(self._connection, self._address)

    def cancel(self) -> None:
        """Cancel the statement that runs in another thread, if there is one."""
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=_CANCEL_SECONDS)

    @contextmanager
    def locked(self, seconds: float, wait_seconds: float = 0.0) -> Iterator[None]:
        """Run the block in one transaction that has the lock of the totals: nobody else writes planes meanwhile.

        The lock comes first: all that the block reads is of one snapshot, which is younger than the lock.

        Args:
            seconds: the time limit of the block.
            wait_seconds: how long to wait for the lock.

        Raises:
            TotalsLockedError: another process has the lock, or a table stays locked.
            TotalsConflictError: try again.
            DatabaseError: the database rejects a statement, or is out of reach.
        """
        with _errors_translated(), self._connection.transaction():
            with self.time_limit(wait_seconds + _QUERY_SECONDS):
                self._lock(wait_seconds)
                self._connection.execute(
                    sql.SQL(_LIMITS_AND_LOCKS).format(round(seconds * 1000), _TABLE_LOCK_SECONDS * 1000)
                )
            with self.time_limit(seconds):
                yield

    def _lock(self, wait_seconds: float) -> None:
        if not wait_seconds:
            self._connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE NOWAIT")
            return
        self._connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(round(wait_seconds * 1000)))
        self._connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")

    def rolled_back(self) -> psycopg.Rollback:
        """Return the exception that ends a ``locked`` block and undoes what it has written."""
        return psycopg.Rollback()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._statement():
            return self._connection.execute(query.encode(), values or None).fetchall()

    def rows_by_name(self, query: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return all rows of a query with named parameters."""
        with self._statement():
            return self._connection.execute(query.encode(), values).fetchall()

    def row(self, query: str, *values: object) -> tuple[Any, ...]:
        """Return the first row of a query that always has one."""
        return self.rows(query, *values)[0]

    def value(self, query: str, *values: object) -> Any:
        """Return the first value of the first row."""
        return self.row(query, *values)[0]

    def run(self, statement: str, *values: object) -> None:
        """Execute a statement that returns nothing."""
        with self._statement():
            self._connection.execute(statement.encode(), values or None)

    def run_by_name(self, statement: str, values: Mapping[str, object]) -> None:
        """Execute a statement with named parameters that returns nothing."""
        with self._statement():
            self._connection.execute(statement.encode(), values)

    def unlock(self, key: int) -> None:
        """Release an advisory lock of the session. A lost connection has released it."""
        with suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [key])

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block takes longer than ``seconds``, instead of the limit of a single statement."""
        was_limited, self._is_limited = self._is_limited, True
        try:
            with _watchdog.limit(seconds + _MARGIN_SECONDS, partial(shut_down, self._connection.fileno())):
                yield
        finally:
            self._is_limited = was_limited

    @contextmanager
    def _statement(self) -> Iterator[None]:
        with _errors_translated(), nullcontext() if self._is_limited else self.time_limit(_QUERY_SECONDS):
            yield


@contextmanager
def _errors_translated() -> Iterator[None]:
    """Translate the driver's errors into those of the totals and of the database."""
    try:
        yield
    except psycopg.errors.LockNotAvailable as error:
        raise TotalsLockedError(
            "Another process works on the totals.", "Wait for it to end, then run the same command again."
        ) from error
    except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
        raise TotalsConflictError(
            "Another transaction has changed the totals meanwhile.", "Run the same command again."
        ) from error
    except psycopg.Error as error:
        raise database_error(error) or error from error
