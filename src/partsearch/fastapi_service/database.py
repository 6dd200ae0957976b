"""The pool of connections, and asking the database on behalf of a request.

As in the Django service: with a time limit, through a lost connection, without piling up while the database is gone.
"""

import asyncio
import time
from typing import Any

import asyncpg

from partsearch.contract.errors import database_unavailable, query_too_slow
from partsearch.database.address import DatabaseAddress
from partsearch.database.outage import Outage, Verdict, pauses
from partsearch.fastapi_service.composer import Statement

_MARGIN_SECONDS = 0.3
"""How much later than PostgreSQL's own limit the driver gives up: it is for a server that does not answer at all."""

_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 90.0
_STATEMENTS_KEPT = 256
_LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


async def _keep_state(_connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's reset between uses, a round trip each: no query here leaves any state behind."""


class Database:
    """The database of one process."""

    def __init__(self, address: DatabaseAddress, connections: int, query_seconds: float) -> None:
        self._address = address
        self._connections = connections
        self._query_seconds = query_seconds
        self._outage = Outage()
        self._turns = asyncio.Semaphore(connections)
        self._probe = asyncio.Lock()
        self._pool: Any = None

    async def open(self) -> None:
        """Makes the pool; its connections are made when they are first needed."""
        self._pool = await asyncpg.create_pool(
            **self._address.asyncpg_arguments(),
            min_size=0,
            max_size=self._connections,
            timeout=_CONNECT_SECONDS,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            statement_cache_size=_STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            reset=_keep_state,
            server_settings={
                "application_name": "partsearch",
                "default_transaction_read_only": "on",
                "statement_timeout": f"{self._query_seconds * 1000:.0f}",
            },
        )

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
                async with self._turns:
                    return await self._ask_if_allowed(statement)
            except (asyncpg.QueryCanceledError, TimeoutError) as error:
                raise query_too_slow(self._query_seconds) from error
            except _LOST as error:
                if self._outage.patience(came) <= pause:
                    raise database_unavailable() from error
            await asyncio.sleep(pause)
        raise AssertionError("pauses() never ends")

    async def _ask_if_allowed(self, statement: Statement) -> Any:
        if self._outage.verdict() is Verdict.GO:
            return await self._ask(statement)
        async with self._probe:
            if self._outage.verdict() is Verdict.DENY:
                raise database_unavailable()
            return await self._ask(statement)

    async def _ask(self, statement: Statement) -> Any:
        sql, values = statement
        connection = await self._connection()
        try:
            value = await connection.fetchval(sql, *values, timeout=self._query_seconds + _MARGIN_SECONDS)
        except TimeoutError:
            self._outage.hung()
            connection.terminate()
            raise
        finally:
            await self._pool.release(connection)
        self._outage.ended()
        return value

    async def _connection(self) -> Any:
        """A connection of the pool. Whoever has a turn finds one free, or room to make one."""
        started = time.monotonic()
        try:
            return await self._pool.acquire()
        except TimeoutError as error:
            self._outage.hung()
            raise database_unavailable() from error
        except _LOST:
            self._outage.failed(started)
            raise
