"""The pool of connections, and asking the database on behalf of a request.

As in the Django service: with a time limit, through a lost connection, without piling up while the database is gone.
"""

import asyncio
import time
from typing import Any, Protocol

import asyncpg

from partsearch.contract.errors import DatabaseUnavailableError, query_too_slow
from partsearch.database.address import DatabaseAddress
from partsearch.database.faults import Fault, fault_of, first_line, reason
from partsearch.database.outage import Outage, Verdict, of_primary, of_replica, pauses
from partsearch.database.readiness import Readiness
from partsearch.fastapi_service.composer import Statement

_MARGIN_SECONDS = 0.3
"""How much later than PostgreSQL's own limit the driver gives up: it is for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0
_IDLE_SECONDS = 90.0
_STATEMENTS_KEPT = 256
# The last is what asyncpg raises where the server's farewell came between the two halves of a query.
_DRIVER_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class Answers(Protocol):
    """Whatever answers statements."""

    async def read(self, statement: Statement) -> Any:
        """The one value that ``statement``, which only reads, gives."""


class Database:
    """One database, as one process asks it.

    Args:
        address: where it is.
        connections: how many connections there may be at a time.
        query_seconds: the time limit of a statement.
        outage: how long requests wait for it when it is lost.
    """

    def __init__(self, address: DatabaseAddress, connections: int, query_seconds: float, outage: Outage) -> None:
        self._address = address
        self._connections = connections
        self._query_seconds = query_seconds
        self._outage = outage
        self._turns = asyncio.Semaphore(connections)
        self._waiting = 0
        self._handed_on: list[Any] = []
        self._probe = asyncio.Lock()
        self._pool: Any = None
        self.readiness = Readiness(sleeps=address.sleeps, outage=outage)

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
            timeout=self._address.patience_seconds,
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

    async def read(self, statement: Statement) -> Any:
        """The one value that ``statement``, which only reads, gives; asked again where the connection was lost.

        Raises:
            ProblemError: 503 where the database stays out of reach, or the query ran past its time limit.
        """
        came = time.monotonic()
        for pause in pauses():
            try:
                await self._turn()
                try:
                    return await self._ask_if_allowed(statement, came)
                finally:
                    self._turns.release()
            except _DRIVER_ERRORS as error:
                fault = fault_of(error)
                if fault is None:
                    raise
                if fault is Fault.REFUSED or self._outage.patience(came) <= pause:
                    raise DatabaseUnavailableError(reason(error)) from error
            await asyncio.sleep(pause)
        raise AssertionError("pauses() never ends")

    async def _turn(self) -> None:
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1

    async def _ask_if_allowed(self, statement: Statement, came: float) -> Any:
        if self._outage.verdict() is Verdict.GO:
            return await self._ask(statement, came)
        async with self._probe:
            if self._outage.verdict() is Verdict.DENY:
                raise DatabaseUnavailableError(self._outage.told)
            return await self._ask(statement, came)

    async def _ask(self, statement: Statement, came: float) -> Any:
        connection = await self._connection(came)
        started = time.monotonic()
        is_well = False
        try:
            value = await self._value(connection, statement)
            is_well = True
        except (asyncpg.QueryCanceledError, TimeoutError) as error:
            # Who was cancelled before his time was cancelled by somebody else, and asks again.
            if time.monotonic() - started < self._query_seconds:
                raise
            raise query_too_slow(self._query_seconds) from error
        except _DRIVER_ERRORS:
            connection.terminate()
            raise
        finally:
            if is_well and self._waiting > len(self._handed_on):
                # For whoever has the turn next: by way of the pool it costs more than all the rest of asking.
                self._handed_on.append(connection)
            else:
                await self._pool.release(connection)
        self._outage.ended()
        return value

    async def _value(self, connection: Any, statement: Statement) -> Any:
        sql, values = statement
        # Behind a pooler the server knows no time limit of ours, and the driver cancels the query.
        margin = 0 if self._address.is_pooled else _MARGIN_SECONDS
        try:
            return await connection.fetchval(sql, *values, timeout=self._query_seconds + margin)
        except TimeoutError as error:
            if self._address.is_pooled and await self._is_cancelled(connection):
                raise
            connection.terminate()
            self._outage.hung("it does not answer")
            raise DatabaseUnavailableError from error

    async def _is_cancelled(self, connection: Any) -> bool:
        """Whether the server has taken the driver's word that the query is to end; the pool waits for that."""
        try:
            await self._pool.release(connection, timeout=_CANCEL_SECONDS)
        except _DRIVER_ERRORS:
            return False
        return True

    async def _connection(self, came: float) -> Any:
        """A connection of the pool. Whoever has a turn finds one free, or room to make one."""
        while self._handed_on:
            connection = self._handed_on.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._outage.seconds_to_connect(came)):
                return await self._pool.acquire()
        except TimeoutError as error:
            self._outage.hung("it does not take connections")
            raise DatabaseUnavailableError from error
        except _DRIVER_ERRORS as error:
            if fault_of(error) is Fault.REFUSED:
                self._outage.hung(first_line(error), reason(error))
            else:
                self._outage.failed(started, first_line(error))
            raise


async def _keep_state(_connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's reset between uses, a round trip each: no query here leaves any state behind."""


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

    async def read(self, statement: Statement) -> Any:
        """As ``Database.read``; the primary answers where the replica is gone, or behind on a migration."""
        try:
            return await self._replica.read(statement)
        except (DatabaseUnavailableError, *_DRIVER_ERRORS):
            return await self.primary.read(statement)


def open_to(
    address: DatabaseAddress, replica: DatabaseAddress | None, connections: int, query_seconds: float
) -> "Database | DatabaseWithReplica":
    """The database of these addresses; its pools are made by ``open``."""
    primary = Database(address, connections, query_seconds, of_primary(address))
    if replica is None:
        return primary
    return DatabaseWithReplica(primary, Database(replica, connections, query_seconds, of_replica()))
