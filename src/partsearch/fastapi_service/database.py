"""The pool of connections, and reads from the database for a request.

As in the Django service a read has a time limit and another attempt after a lost connection. While the database is away
the circuit breaker fails requests at once, so they do not pile up.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import asyncpg

from partsearch.contract.errors import DatabaseUnavailableError, query_too_slow
from partsearch.database.address import DatabaseAddress
from partsearch.database.circuit_breaker import (
    REPLICA_SILENCE_SECONDS,
    CircuitBreaker,
    CircuitState,
    backoff,
    breaker_for_primary,
    breaker_for_replica,
)
from partsearch.database.errors.driver_errors import ErrorKind, error_kind, first_line, public_reason
from partsearch.database.progress import search_progress
from partsearch.database.readiness import Readiness
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.search_queue import SearchQueue
from partsearch.fastapi_service.snapshot import Reading, Snapshot, in_transaction

T = TypeVar("T")

_MARGIN_SECONDS = 0.3
"""How long after PostgreSQL's own time limit the driver gives up, for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0
_CANCEL_AGAIN_SECONDS = 0.05
_IDLE_SECONDS = 90.0
_STATEMENTS_KEPT = 256
# asyncpg raises the last one if the server closes the connection between the two halves of a query.
_DRIVER_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class ReadsStatements(Protocol):
    """A database, or a substitute of one, that runs statements."""

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """Return the one value of ``statement``, which only reads."""

    async def read_together(self, reading: Reading[T], client: str | None = None) -> T:
        """Return what ``reading`` returns, whose statements all see one snapshot."""


class Database:
    """One database, as one process reads from it.

    Args:
        address: the address of the database.
        connections: how many connections may be open at a time.
        client_searches: how many of them one client may use at a time.
        query_seconds: the time limit of a statement.
        breaker: decides how long requests wait while the database is away.
        silence_seconds: after how long without the end of a search the database counts as away for the searches that
            wait; None for a database without a substitute.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        connections: int,
        client_searches: int,
        query_seconds: float,
        breaker: CircuitBreaker,
        silence_seconds: float | None = None,
    ) -> None:
        self._address = address
        self._connections = connections
        self._query_seconds = query_seconds
        self._breaker = breaker
        self._silence_seconds = silence_seconds
        self._started = 0.0
        self._queue = SearchQueue(connections, client_searches, self._is_away)
        self._connecting = 0
        self._passed_on: list[Any] = []
        self._probe = asyncio.Lock()
        self._pool: Any = None
        self.readiness = Readiness(can_sleep=address.can_sleep, breaker=breaker)

    @property
    def primary(self) -> "Database":
        """Return this database: it has no replica."""
        return self

    async def open(self) -> None:
        """Create the pool. A connection is opened when it is first needed."""
        self._pool = await asyncpg.create_pool(
            **self._address.asyncpg_arguments(),
            min_size=0,
            max_size=self._connections,
            timeout=self._address.grace_seconds,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            statement_cache_size=0 if self._address.is_pooled else _STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            reset=_keep_state,
            server_settings=self._server_settings(),
        )

    def _server_settings(self) -> dict[str, str]:
        """Return the settings of each connection. A pooler would refuse those that are left out for it."""
        settings = self._address.asyncpg_server_settings()
        if not self._address.is_pooled:
            settings["default_transaction_read_only"] = "on"
            settings["statement_timeout"] = f"{self._query_seconds * 1000:.0f}"
            # To compile the statement of the planes to machine code takes far longer than to run it.
            settings["jit"] = "off"
        return settings

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.terminate()

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """Return the one value of ``statement``, which only reads. It runs again if the connection is lost.

        Args:
            statement: the SQL and its values.
            client: the client whose share of the connections it counts for, or None for no client.

        Raises:
            ProblemError: 503, the database stays out of reach, the query runs past its time limit, or too many other
                searches wait; 429, too many searches of the same client wait.
        """
        value = await self._read(statement, client)
        if value is None and statement.instead is not None:
            return await self._read(statement.instead, client)
        return value

    async def read_together(self, reading: Reading[T], client: str | None = None) -> T:
        """Return what ``reading`` returns. All its statements see one snapshot, and together have one time limit.

        Args:
            reading: runs the statements. It runs again if the connection is lost.
            client: as of ``read``.

        Raises:
            ProblemError: as of ``read``.
        """
        value: T = await self._read(reading, client)
        return value

    async def _read(self, work: Statement | Reading[Any], client: str | None) -> Any:
        arrived = time.monotonic()
        for delay in backoff():
            try:
                value = await self._run_in_turn(work, client, arrived)
            except _DRIVER_ERRORS as error:
                kind = error_kind(error)
                if kind is None:
                    raise
                if kind is ErrorKind.REJECTED or self._breaker.remaining_grace(arrived) <= delay:
                    raise DatabaseUnavailableError(public_reason(error)) from error
            else:
                search_progress.record_answer()
                return value
            await asyncio.sleep(delay)
        raise AssertionError("backoff() never ends")

    async def _run_in_turn(self, work: Statement | Reading[Any], client: str | None, arrived: float) -> Any:
        try:
            await self._queue.acquire(client)
        except asyncio.CancelledError:
            await self._return_unclaimed()
            raise
        try:
            value, connection = await self._run_if_allowed(work, arrived)
        except BaseException:
            self._queue.release(client)
            raise
        if self._queue.release(client):
            # The next search takes it from the list. The way through the pool takes longer than the rest of a read.
            self._passed_on.append(connection)
        else:
            await self._pool.release(connection)
        return value

    async def _return_unclaimed(self) -> None:
        """Return to the pool the connections of searches that were cancelled before they continued."""
        while len(self._passed_on) > self._queue.unclaimed:
            await self._pool.release(self._passed_on.pop())

    async def _run_if_allowed(self, work: Statement | Reading[Any], arrived: float) -> tuple[Any, Any]:
        if self._breaker.state() is CircuitState.CLOSED:
            return await self._run(work, arrived)
        async with self._probe:
            if self._breaker.state() is CircuitState.OPEN:
                raise DatabaseUnavailableError(self._breaker.detail)
            return await self._run(work, arrived)

    async def _run(self, work: Statement | Reading[Any], arrived: float) -> tuple[Any, Any]:
        """Return the value and the connection. After an error the pool has the connection back."""
        connection = await self._connection(arrived)
        # Behind a pooler the server gets no time limit, and the limit of one statement is not that of several together:
        # the driver cancels the query.
        has_own_limit = isinstance(work, Statement) and not self._address.is_pooled
        started = self._started = time.monotonic()
        try:
            if isinstance(work, Statement):
                seconds = self._query_seconds + (_MARGIN_SECONDS if has_own_limit else 0)
                value = await connection.fetchval(work.sql, *work.values, timeout=seconds)
            else:
                value = await in_transaction(work, Snapshot(connection, started + self._query_seconds))
        except asyncio.CancelledError:
            await self._cancel_statement(connection)
            raise
        except TimeoutError as error:
            if not has_own_limit and await self._cancel_statement(connection):
                raise query_too_slow(self._query_seconds) from error
            _discard(connection)
            self._breaker.trip("it does not answer")
            raise DatabaseUnavailableError from error
        except asyncpg.QueryCanceledError as error:
            await self._pool.release(connection)
            # PostgreSQL cancelled it before our time limit, at the request of another session: it runs again.
            if time.monotonic() - started < self._query_seconds:
                raise
            raise query_too_slow(self._query_seconds) from error
        except BaseException:
            _discard(connection)
            raise
        self._record_success()
        return value, connection

    def _record_success(self) -> None:
        if self._breaker.seconds_unavailable() is not None:
            self._breaker.record_success()
            self._queue.restart_clock()

    async def _cancel_statement(self, connection: Any) -> bool:
        """Cancel the statement of ``connection``, return the connection to the pool, and return whether both worked.

        The driver sends one cancel request. It has no effect if the statement is still on its way to the server or
        waits in a pooler. So the request is repeated until the statement ends.
        """
        # asyncpg has no public function for a repeated cancel request.
        driver = connection._con
        release = asyncio.ensure_future(self._pool.release(connection, timeout=_CANCEL_SECONDS))
        while not release.done():
            done, _ = await asyncio.wait([release], timeout=_CANCEL_AGAIN_SECONDS)
            if not done:
                driver._cancel_current_command(asyncio.get_running_loop().create_future())
        return release.exception() is None

    def _is_away(self) -> bool:
        """Return whether all running searches wait for the database itself: it is lost, silent, or they connect."""
        return (
            self._breaker.seconds_unavailable() is not None
            or 0 < self._queue.running <= self._connecting
            or self._is_silent()
        )

    def _is_silent(self) -> bool:
        """Return whether no search has ended for a while: with others in the queue, one ends when the next begins."""
        return self._silence_seconds is not None and time.monotonic() - self._started > self._silence_seconds

    async def _connection(self, arrived: float) -> Any:
        """Return a connection of the pool. A search that may run finds a free one, or room for a new one."""
        while self._passed_on:
            connection = self._passed_on.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        started = time.monotonic()
        self._connecting += 1
        try:
            async with asyncio.timeout(self._breaker.seconds_to_connect(arrived)):
                return await self._pool.acquire()
        except TimeoutError as error:
            self._breaker.trip("it does not take connections")
            raise DatabaseUnavailableError from error
        except _DRIVER_ERRORS as error:
            if error_kind(error) is ErrorKind.REJECTED:
                self._breaker.trip(first_line(error), public_reason(error))
            else:
                self._breaker.record_failure(started, first_line(error))
            raise
        finally:
            if self._is_away():
                self._queue.restart_clock()
            self._connecting -= 1


async def _keep_state(connection: asyncpg.Connection) -> None:
    """Replace asyncpg's reset between uses, a round trip: only a transaction that failed leaves state behind."""
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")


def _discard(connection: Any) -> None:
    """Close ``connection``, unless it is closed and the pool has it back."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


class DatabaseWithReplica:
    """A database with a read replica that answers the searches while it can."""

    def __init__(self, primary: Database, replica: Database) -> None:
        self.primary = primary
        self._replica = replica
        self.readiness = primary.readiness

    async def open(self) -> None:
        """Create both pools."""
        await self.primary.open()
        await self._replica.open()

    async def close(self) -> None:
        """Close every connection."""
        await self.primary.close()
        await self._replica.close()

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """Return what ``Database.read`` of the replica returns, or of the primary if the replica fails.

        The replica fails while it is away, or is behind on a migration.
        """
        try:
            return await self._replica.read(statement, client)
        except (DatabaseUnavailableError, *_DRIVER_ERRORS):
            return await self.primary.read(statement, client)

    async def read_together(self, reading: Reading[T], client: str | None = None) -> T:
        """Return what ``Database.read_together`` of the replica returns, or of the primary if the replica fails."""
        try:
            return await self._replica.read_together(reading, client)
        except (DatabaseUnavailableError, *_DRIVER_ERRORS):
            return await self.primary.read_together(reading, client)


def open_to(
    address: DatabaseAddress,
    replica: DatabaseAddress | None,
    connections: int,
    client_searches: int,
    query_seconds: float,
) -> "Database | DatabaseWithReplica":
    """Return the database at these addresses. Its ``open`` creates the pools."""
    primary = Database(address, connections, client_searches, query_seconds, breaker_for_primary(address))
    if replica is None:
        return primary
    return DatabaseWithReplica(
        primary,
        Database(replica, connections, client_searches, query_seconds, breaker_for_replica(), REPLICA_SILENCE_SECONDS),
    )
