"""FastAPI's connections: one search passes its connection to the next, and the pool gets all of them back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from partsearch.contract.errors import ProblemError
from partsearch.database.address.configured import database_address
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.database import Database, open_to
from tests.support.site import RunningSite

_CONNECTIONS = 3
_SEARCHES = 60
_QUERY_SECONDS = 2.0
_PID = "SELECT pg_backend_pid() FROM pg_sleep($1)"


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch, live_site: RunningSite) -> list[object]:
    """The connections that were released to the pool, in order."""
    found: list[object] = []
    release = asyncpg.Pool.release

    def recorded(self: asyncpg.Pool, connection: Any, **options: Any) -> Any:
        found.append(connection)
        return release(self, connection, **options)

    monkeypatch.setattr(asyncpg.Pool, "release", recorded)
    return found


@asynccontextmanager
async def opened() -> AsyncIterator[Database]:
    database = open_to(database_address(), None, _CONNECTIONS, _CONNECTIONS, _QUERY_SECONDS)
    assert isinstance(database, Database)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def read_all(database: Database, *statements: Statement) -> list[Any]:
    return await asyncio.gather(*map(database.read, statements), return_exceptions=True)


def idle(database: Database) -> tuple[int, int]:
    return database._pool.get_idle_size(), database._pool.get_size()


def test_waiting_searches_reuse_connections_without_the_pool(released: list[object]) -> None:
    async def ask() -> tuple[list[Any], tuple[int, int]]:
        async with opened() as database:
            return await read_all(database, *[Statement(_PID, [0.002])] * _SEARCHES), idle(database)

    answers, (free, total) = asyncio.run(ask())
    assert len(set(answers)) == total == free <= _CONNECTIONS
    assert len(released) == total


def test_searches_one_after_the_other_use_the_pool(released: list[object]) -> None:
    async def ask() -> tuple[int, int]:
        async with opened() as database:
            for _ in range(4):
                await database.read(Statement(_PID, [0.0]))
            return idle(database)

    assert asyncio.run(ask()) == (1, 1)
    assert len(released) == 4


def test_a_connection_that_fails_is_not_reused(released: list[object]) -> None:
    async def ask() -> tuple[list[Any], tuple[int, int]]:
        async with opened() as database:
            wrong = [Statement("SELECT 1 / 0", [])] * 3
            slow = [Statement(_PID, [2 * _QUERY_SECONDS])] * 2
            answers = await read_all(database, *wrong, *slow, *[Statement(_PID, [0.002])] * _SEARCHES)
            return answers, idle(database)

    answers, (free, total) = asyncio.run(ask())
    assert all(isinstance(answer, asyncpg.DivisionByZeroError) for answer in answers[:3])
    assert all(isinstance(answer, ProblemError) for answer in answers[3:5])
    assert all(isinstance(answer, int) for answer in answers[5:])
    assert free == total <= _CONNECTIONS


def test_a_search_that_is_cancelled_in_the_queue_keeps_no_connection(released: list[object]) -> None:
    async def ask() -> tuple[list[Any], tuple[int, int]]:
        async with opened() as database:
            waiting = [asyncio.create_task(database.read(Statement(_PID, [0.01]))) for _ in range(_SEARCHES)]
            await waiting[_CONNECTIONS]
            for task in waiting[2 * _CONNECTIONS :]:
                task.cancel()
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            await read_all(database, *[Statement(_PID, [0.0])] * _CONNECTIONS)
            return answers, idle(database)

    answers, (free, total) = asyncio.run(ask())
    assert sum(isinstance(answer, int) for answer in answers) >= _CONNECTIONS
    assert free == total <= _CONNECTIONS
