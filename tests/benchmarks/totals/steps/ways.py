"""Each search by reading the parts, by the planes, and as the planner chooses: one connection, interleaved rounds."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from partsearch.contract.request.search import Search
from partsearch.fastapi_service.composer import Statement, find_parts_by_planes, find_parts_by_scan
from partsearch.totals.conditions import PlaneConditions, plane_conditions
from tests.benchmarks.bodies import BODIES
from tests.benchmarks.totals.asking import (
    Connection,
    answer,
    connected,
    find_parts,
    load_statistics,
    search_of,
    warm_seconds,
)
from tests.benchmarks.totals.catalogs import Catalog
from tests.benchmarks.totals.mix import Body

SEARCH_SECONDS = 20.0
"""After so long a search gets no further round."""

_WARM_ROUNDS = 7
"""PostgreSQL plans a prepared statement for its first five values, and then may keep one plan."""

Ways = dict[str, Callable[[], Statement]]
"""What composes the statement of each way. Composing and choosing are part of what is measured."""


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return for each search of both mixes its matches, the planner's choice, and the seconds of each way."""
    return asyncio.run(_measured(catalog))


async def _measured(catalog: Catalog) -> dict[str, Any]:
    async with connected(catalog.conninfo) as connection:
        await load_statistics(connection)
        return {
            mix: {name: await _search(connection, name, body, catalog.effort.rounds) for name, body in bodies.items()}
            for mix, bodies in (("mix", catalog.searches), ("usual mix", BODIES))
        }


async def _search(connection: Connection, name: str, body: Body, rounds: int) -> dict[str, Any]:
    search = search_of(body)
    ways = {"parts": lambda: find_parts_by_scan(search), "chosen": lambda: find_parts(search)}
    if (planes := await _usable_planes(connection, search)) is not None:
        ways["planes"] = lambda: find_parts_by_planes(search, planes)
    count = await _same_count(connection, name, ways)
    is_by_planes = find_parts(search).instead is not None and "planes" in ways
    measured = await _rounds(connection, ways, rounds)
    return {"body": body, "count": count, "way": "planes" if is_by_planes else "parts", **measured}


async def _usable_planes(connection: Connection, search: Search) -> PlaneConditions | None:
    """Return the conditions of a search on the planes; None if the planes cannot answer it."""
    planes = plane_conditions(search)
    if planes is None:
        return None
    statement = find_parts_by_planes(search, planes)
    is_usable = await connection.fetchval(statement.sql, *statement.values) is not None
    return planes if is_usable else None


async def _same_count(connection: Connection, name: str, ways: Ways) -> int:
    """Return the count of a search.

    Raises:
        ValueError: the statements give different answers.
    """
    answers = {way: await answer(connection, compose()) for way, compose in ways.items()}
    first = next(iter(answers.values()))
    if any(found != first for found in answers.values()):
        raise ValueError(f"{name}: the answers differ: {answers}")
    return int(first["count"])


async def _rounds(connection: Connection, ways: Ways, rounds: int) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {way: [] for way in ways}
    started = time.perf_counter()
    for number in itertools.count():
        for way in list(ways) if number % 2 else list(reversed(ways)):
            measured[way].append(await warm_seconds(lambda way=way: answer(connection, ways[way]())))  # type: ignore[misc]
        if number + 1 >= rounds + _WARM_ROUNDS or time.perf_counter() - started > SEARCH_SECONDS:
            return {way: values[-rounds:] for way, values in measured.items()}
    raise AssertionError
