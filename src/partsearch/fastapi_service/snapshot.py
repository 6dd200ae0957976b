"""Several statements that see the database at one moment.

They are one transaction with the isolation level REPEATABLE READ, so they work through a transaction pooler.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from partsearch.fastapi_service.composer import Statement

T = TypeVar("T")

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_COMMIT = "COMMIT"


class Snapshot:
    """The database at one moment, for statements that have one time limit together.

    Args:
        connection: a connection of asyncpg.
        deadline: when the last statement has to end, as ``time.monotonic`` counts.
    """

    def __init__(self, connection: Any, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    async def read(self, statement: Statement) -> Any:
        """Return the one value of ``statement``, or of the statement to run instead if it is NULL.

        Raises:
            TimeoutError: the time limit has passed.
        """
        value = await self._run(self._connection.fetchval, statement.sql, *statement.values)
        if value is None and statement.instead is not None:
            return await self.read(statement.instead)
        return value

    async def command(self, sql: str) -> None:
        """Run a command that returns nothing."""
        await self._run(self._connection.execute, sql)

    async def _run(self, run: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return await run(*arguments, timeout=left)


Reading = Callable[[Snapshot], Awaitable[T]]
"""Runs statements in a snapshot, and returns what it makes of them. It runs again if the connection is lost."""


async def in_transaction(reading: Reading[T], snapshot: Snapshot) -> T:
    """Return what ``reading`` returns, in a transaction."""
    await snapshot.command(_BEGIN)
    value = await reading(snapshot)
    await snapshot.command(_COMMIT)
    return value
