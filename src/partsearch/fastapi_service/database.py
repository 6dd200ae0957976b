"""The pool of connections, and asking the database on behalf of a request.

As in the Django service: with a time limit, through a lost connection, without piling up while the database is gone.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Protocol

import asyncpg

from partsearch.contract.errors import DatabaseUnavailableError, query_too_slow
from partsearch.database.address import DatabaseAddress
from partsearch.database.circuit_breaker import CircuitBreaker, State, backoff, breaker_for_primary, breaker_for_replica
from partsearch.database.driver_errors import Fault, fault_of, first_line, reason
from partsearch.database.progress import search_progress
from partsearch.database.readiness import Readiness
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.turns import Turns

_MARGIN_SECONDS = 0.3
"""How much later than PostgreSQL's own limit the driver gives up: it is for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0
_CANCEL_AGAIN_SECONDS = 0.05
_IDLE_SECONDS = 90.0
_STATEMENTS_KEPT = 256
# The last is what asyncpg raises where the server's farewell came between the two halves of a query.
_DRIVER_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class Answers(Protocol):
    """Whatever answers statements."""

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """Return the one value that ``statement``, which only reads, gives."""


class Database:
    """One database, as one process asks it.

    Args:
        address: where it is.
        connections: how many connections there may be at a time.
        client_searches: how many of them one client may use at a time.
        query_seconds: the time limit of a statement.
        outage: how long requests wait for it when it is lost.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        connections: int,
        client_searches: int,
        query_seconds: float,
        breaker: CircuitBreaker,
    ) -> None:
        self._address = address
        self._connections = connections
        self._query_seconds = query_seconds
        self._breaker = breaker
        self._turns = Turns(connections, client_searches, self._is_away)
        self._connecting = 0
        self._handed_on: list[Any] = []
        self._probe = asyncio.Lock()
        self._pool: Any = None
        self.readiness = Readiness(sleeps=address.sleeps, breaker=breaker)

    @property
    def primary(self) -> "Database":
        """Itself: no replica stands beside it."""
        return self

    async def open(self) -> None:
        """Makes the pool; its connections are made when they are first needed."""
        self._pool = await asyncpg.create_pool(
            **self._address.asyncpg_arguments(),
            min_size=0,
            max_size=self._connections,
            timeout=self._address.connect_timeout_seconds,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            statement_cache_size=0 if self._address.is_pooled else _STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            reset=_keep_state,
            server_settings=self._server_settings(),
        )

    def _server_settings(self) -> dict[str, str]:
        """What is asked of the server for a connection's whole life, which a pooler would refuse."""
        settings = self._address.asyncpg_server_settings()
        if not self._address.is_pooled:
            settings["default_transaction_read_only"] = "on"
            settings["statement_timeout"] = f"{self._query_seconds * 1000:.0f}"
        return settings

    async def close(self) -> None:
        """Closes every connection."""
        if self._pool is not None:
            self._pool.terminate()

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """Return the one value that ``statement``, which only reads, gives; ask again where the connection was lost.

        Args:
            statement: the SQL and its values.
            client: whose share of the connections it counts for; ``None``: nobody's.

        Raises:
            ProblemError: 503 where the database stays out of reach, the query ran past its time limit, or too many
                others wait; 429 where too many of the same client do.
        """
        came = time.monotonic()
        for pause in backoff():
            try:
                value = await self._ask_in_turn(statement, client, came)
            except _DRIVER_ERRORS as error:
                fault = fault_of(error)
                if fault is None:
                    raise
                if fault is Fault.REFUSED or self._breaker.remaining_grace(came) <= pause:
                    raise DatabaseUnavailableError(reason(error)) from error
            else:
                search_progress.answered()
                return value
            await asyncio.sleep(pause)
        raise AssertionError("backoff() never ends")

    async def _ask_in_turn(self, statement: Statement, client: str | None, came: float) -> Any:
        try:
            await self._turns.take(client)
        except asyncio.CancelledError:
            await self._return_unclaimed()
            raise
        try:
            value, connection = await self._ask_if_allowed(statement, came)
        except BaseException:
            self._turns.give_back(client)
            raise
        if self._turns.give_back(client):
            # For whoever has the turn next: by way of the pool it costs more than all the rest of asking.
            self._handed_on.append(connection)
        else:
            await self._pool.release(connection)
        return value

    async def _return_unclaimed(self) -> None:
        """Give the pool what was handed on to a search that was cancelled before it went on."""
        while len(self._handed_on) > self._turns.unclaimed:
            await self._pool.release(self._handed_on.pop())

    async def _ask_if_allowed(self, statement: Statement, came: float) -> tuple[Any, Any]:
        if self._breaker.state() is State.CLOSED:
            return await self._ask(statement, came)
        async with self._probe:
            if self._breaker.state() is State.OPEN:
                raise DatabaseUnavailableError(self._breaker.detail)
            return await self._ask(statement, came)

    async def _ask(self, statement: Statement, came: float) -> tuple[Any, Any]:
        """Return the value, and the connection that gave it; where it fails, the pool has the connection back."""
        connection = await self._connection(came)
        sql, values = statement
        # Behind a pooler the server knows no time limit of ours, and the driver cancels the query.
        margin = 0 if self._address.is_pooled else _MARGIN_SECONDS
        started = time.monotonic()
        try:
            value = await connection.fetchval(sql, *values, timeout=self._query_seconds + margin)
        except asyncio.CancelledError:
            await self._stop(connection)
            raise
        except TimeoutError as error:
            if self._address.is_pooled and await self._stop(connection):
                raise query_too_slow(self._query_seconds) from error
            _discard(connection)
            self._breaker.trip("it does not answer")
            raise DatabaseUnavailableError from error
        except asyncpg.QueryCanceledError as error:
            await self._pool.release(connection)
            # Who was cancelled before his time was cancelled by somebody else, and asks again.
            if time.monotonic() - started < self._query_seconds:
                raise
            raise query_too_slow(self._query_seconds) from error
        except BaseException:
            _discard(connection)
            raise
        self._note_answer()
        return value, connection

    def _note_answer(self) -> None:
        if self._breaker.seconds_unavailable() is not None:
            self._breaker.record_success()
            self._turns.restart_clock()

    async def _stop(self, connection: Any) -> bool:
        """Return ``connection`` to the pool when its statement has been cancelled; whether the server has done so.

        The driver asks the server once. That is lost where the statement is still under way to the server, or waits
        in a pooler, so it is asked again until the statement ends.
        """
        # asyncpg has no name for a cancel request that is sent again.
        driver = connection._con
        release = asyncio.ensure_future(self._pool.release(connection, timeout=_CANCEL_SECONDS))
        while not release.done():
            done, _ = await asyncio.wait([release], timeout=_CANCEL_AGAIN_SECONDS)
            if not done:
                driver._cancel_current_command(asyncio.get_running_loop().create_future())
        return release.exception() is None

    def _is_away(self) -> bool:
        """Whether the searches that have a turn wait for the database itself: it is lost, or being connected to."""
        return self._breaker.seconds_unavailable() is not None or 0 < self._turns.running <= self._connecting

    async def _connection(self, came: float) -> Any:
        """Return a connection of the pool. Whoever has a turn finds one free, or room to make one."""
        while self._handed_on:
            connection = self._handed_on.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        started = time.monotonic()
        self._connecting += 1
        try:
            async with asyncio.timeout(self._breaker.seconds_to_connect(came)):
                return await self._pool.acquire()
        except TimeoutError as error:
            self._breaker.trip("it does not take connections")
            raise DatabaseUnavailableError from error
        except _DRIVER_ERRORS as error:
            if fault_of(error) is Fault.REFUSED:
                self._breaker.trip(first_line(error), reason(error))
            else:
                self._breaker.record_failure(started, first_line(error))
            raise
        finally:
            if self._is_away():
                self._turns.restart_clock()
            self._connecting -= 1


async def _keep_state(_connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's reset between uses, a round trip each: no query here leaves any state behind."""


def _discard(connection: Any) -> None:
    """End ``connection``, unless it has ended and the pool has it back."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


class DatabaseWithReplica:
    """A database whose searches a read replica answers, for as long as it does."""

    def __init__(self, primary: Database, replica: Database) -> None:
        self.primary = primary
        self._replica = replica
        self.readiness = primary.readiness

    async def open(self) -> None:
        """Makes both pools."""
        await self.primary.open()
        await self._replica.open()

    async def close(self) -> None:
        """Closes every connection."""
        await self.primary.close()
        await self._replica.close()

    async def read(self, statement: Statement, client: str | None = None) -> Any:
        """As ``Database.read``; the primary answers where the replica is gone, or behind on a migration."""
        try:
            return await self._replica.read(statement, client)
        except (DatabaseUnavailableError, *_DRIVER_ERRORS):
            return await self.primary.read(statement, client)


def open_to(
    address: DatabaseAddress,
    replica: DatabaseAddress | None,
    connections: int,
    client_searches: int,
    query_seconds: float,
) -> "Database | DatabaseWithReplica":
    """Return the database of these addresses; its pools are made by ``open``."""
    primary = Database(address, connections, client_searches, query_seconds, breaker_for_primary(address))
    if replica is None:
        return primary
    return DatabaseWithReplica(
        primary, Database(replica, connections, client_searches, query_seconds, breaker_for_replica())
    )
