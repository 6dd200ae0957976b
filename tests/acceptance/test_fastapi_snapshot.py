"""Several statements of FastAPI see one snapshot, have one time limit, and leave no transaction behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import psycopg
import pytest

from partsearch.contract.errors import ProblemError
from partsearch.database.address.configured import database_address
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.database import Database, open_to
from partsearch.fastapi_service.snapshot import Snapshot

_QUERY_SECONDS = 1.0
_MARKS = Statement("SELECT count(*) FROM mark", [])
_SLEEP = Statement("SELECT 1 FROM pg_sleep($1)", [0.7])
_TRANSACTION = Statement("SELECT current_setting('transaction_isolation')", [])


@asynccontextmanager
async def opened() -> AsyncIterator[Database]:
    database = open_to(database_address(), None, 1, 1, _QUERY_SECONDS)
    assert isinstance(database, Database)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def test_statements_see_one_snapshot(empty_catalog: str) -> None:
    async def reading(snapshot: Snapshot) -> tuple[int, int]:
        before = await snapshot.read(_MARKS)
        with psycopg.connect(empty_catalog) as connection:
            connection.execute("INSERT INTO mark (name) VALUES ('Honda')")
        return before, await snapshot.read(_MARKS)

    async def ask() -> tuple[tuple[int, int], int, str]:
        async with opened() as database:
            return await database.read_together(reading), await database.read(_MARKS), await database.read(_TRANSACTION)

    assert asyncio.run(ask()) == ((0, 0), 1, "read committed")


def test_statements_have_one_time_limit_and_leave_no_transaction(empty_catalog: str) -> None:
    async def reading(snapshot: Snapshot) -> None:
        await snapshot.read(_SLEEP)
        await snapshot.read(_SLEEP)

    async def ask() -> tuple[ProblemError, str]:
        async with opened() as database:
            with pytest.raises(ProblemError) as raised:
                await database.read_together(reading)
            return raised.value, await database.read(_TRANSACTION)

    problem, isolation = asyncio.run(ask())
    assert (problem.status, problem.detail[:34]) == (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The search took longer than 1 s an",
    )
    assert isolation == "read committed"


def test_it_runs_again_when_the_connection_is_lost(empty_catalog: str) -> None:
    tries: list[int] = []

    async def reading(snapshot: Snapshot) -> Any:
        pid = await snapshot.read(Statement("SELECT pg_backend_pid()", []))
        tries.append(pid)
        if len(tries) == 1:
            with psycopg.connect(empty_catalog) as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])
        return await snapshot.read(_MARKS)

    async def ask() -> Any:
        async with opened() as database:
            return await database.read_together(reading)

    assert asyncio.run(ask()) == 0
    assert len(tries) == 2
