"""The same searches by engines that scan the same rows in memory: first the same answers, then interleaved rounds."""

import asyncio
import itertools
import shutil
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from partsearch.contract.request.search import Search
from partsearch.fastapi_service.composer import Statement
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
from tests.benchmarks.totals.engines import ENGINES, Engine
from tests.benchmarks.totals.engines.conditions import condition_of
from tests.benchmarks.totals.engines.rows import write_rows

_SEARCH_SECONDS = 10.0
_WARM_ROUNDS = 6


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return for each engine its version, the seconds of loading the rows, and the seconds of each search."""
    folder = catalog.folder / "rows"
    folder.mkdir(exist_ok=True)
    try:
        write_rows(catalog.conninfo, folder)
        return {name: asyncio.run(_engine(catalog, name, folder)) for name in ENGINES}
    finally:
        shutil.rmtree(folder)


async def _engine(catalog: Catalog, name: str, folder: Path) -> dict[str, Any]:
    started = time.perf_counter()
    with ENGINES[name](folder) as engine:
        loading = time.perf_counter() - started
        async with connected(catalog.conninfo) as connection:
            await load_statistics(connection)
            searches = {
                search: await _search(connection, engine, search_of(body), catalog.effort.rounds)
                for search, body in catalog.searches.items()
            }
        return {"version": engine.version, "loading": loading, "searches": searches}


async def _search(connection: Connection, engine: Engine, search: Search, rounds: int) -> dict[str, list[float]]:
    condition, statement = condition_of(search, engine.contains), find_parts(search)
    await _check(connection, engine, statement, condition, search.offset)
    measured: dict[str, list[float]] = {"engine": [], "ours": []}
    began = time.perf_counter()
    for number in itertools.count(1):
        measured["ours"].append(await warm_seconds(lambda: answer(connection, statement)))
        measured["engine"].append(await warm_seconds(lambda: _ask(engine, condition, search.offset)))
        if number >= rounds + _WARM_ROUNDS or time.perf_counter() - began > _SEARCH_SECONDS:
            return {way: values[-rounds:] for way, values in measured.items()}
    raise AssertionError


async def _ask(engine: Engine, condition: str, offset: int) -> None:
    engine.totals(condition)
    engine.page(condition, offset)


async def _check(connection: Connection, engine: Engine, statement: Statement, condition: str, offset: int) -> None:
    """Check that the engine gives the answer of the database.

    Raises:
        ValueError: the answers differ.
    """
    ours = await answer(connection, statement)
    expected = (ours["count"], Decimal(str(ours["summ"])), [part["id"] for part in ours["response"]])
    count, total = engine.totals(condition)
    found = (count, total, engine.page(condition, offset))
    if found != expected:
        raise ValueError(f"{engine.version}: {found} instead of {expected} for {condition}")
