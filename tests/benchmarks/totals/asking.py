"""Searches on one connection to the database, by the statements of the FastAPI service, and how long they take."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import asyncpg

from partsearch.contract.request.reading import search_from_body
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.composer import Statement, find_parts_by_planes, find_parts_by_reading
from partsearch.totals.planner import preferred_planes
from partsearch.totals.statistics import STATISTICS_SQL, latest_statistics, read_statistics
from tests.benchmarks.totals.mix import Body

_STATEMENTS_KEPT = 512
_SLOW_SECONDS = 0.2

Connection = Any
"""An asyncpg connection: asyncpg has no types."""


@asynccontextmanager
async def connected(conninfo: str) -> AsyncIterator[Connection]:
    """Connect for the block. No statement has a time limit."""
    connection = await asyncpg.connect(conninfo, statement_cache_size=_STATEMENTS_KEPT)
    try:
        await connection.execute("SET statement_timeout = 0")
        yield connection
    finally:
        await connection.close()


async def load_statistics(connection: Connection) -> None:
    """Read what the planner knows of the catalog, as the service does from time to time."""
    latest_statistics.value = read_statistics([tuple(row) for row in await connection.fetch(STATISTICS_SQL)])


def search_of(body: Body) -> Search:
    """Return the search that a client sends."""
    return search_from_body(json.dumps(body).encode())


def find_parts(search: Search) -> Statement:
    """Return the statement that the planner chooses for a search in the order of ids, without ``q``."""
    planes = preferred_planes(search)
    return find_parts_by_reading(search) if planes is None else find_parts_by_planes(search, planes)


async def answer(connection: Connection, statement: Statement) -> dict[str, Any]:
    """Return the answer of a statement, or of the one to run instead if this one returns NULL."""
    text = await connection.fetchval(statement.sql, *statement.values)
    if text is not None:
        found: dict[str, Any] = json.loads(text, parse_float=Decimal)
        return found
    assert statement.instead
    return await answer(connection, statement.instead)


async def answering(connection: Connection, body: Body) -> Statement:
    """Return the statement that the planner chooses, or the one to run instead if that returns NULL."""
    statement = find_parts(search_of(body))
    if statement.instead and await connection.fetchval(statement.sql, *statement.values) is None:
        return statement.instead
    return statement


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long the work takes."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def warm_seconds(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long the second of two runs takes, whatever ran before them; of slow work, how long the first takes.

    A search of a millisecond takes half a millisecond more after another one, which leaves its data in the caches of
    the processor.
    """
    first = await seconds(work)
    return first if first > _SLOW_SECONDS else await seconds(work)
