"""The first search of a fresh connection, by the statement that the planner chooses, against the same on a warm one."""

import asyncio
import random
from typing import Any

from tests.benchmarks.totals.asking import answer, connected, find_parts, load_statistics, search_of, seconds
from tests.benchmarks.totals.catalogs import Catalog

_FRESH_CONNECTIONS = 5
_WARM_ROUNDS = 7


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return for each search the seconds on fresh connections, each with the seconds after that on the same one."""
    return asyncio.run(_measured(catalog))


async def _measured(catalog: Catalog) -> dict[str, Any]:
    async with connected(catalog.conninfo) as connection:
        await load_statistics(connection)
    measured: dict[str, dict[str, list[float]]] = {name: {"fresh": [], "warm": []} for name in catalog.searches}
    turns = [name for name in catalog.searches for _ in range(_FRESH_CONNECTIONS)]
    random.Random(catalog.effort.seed).shuffle(turns)
    for name in turns:
        statement = find_parts(search_of(catalog.searches[name]))
        async with connected(catalog.conninfo) as connection:
            durations = [
                await seconds(lambda: answer(connection, statement))  # noqa: B023  # it is called at once
                for _ in range(_WARM_ROUNDS + 1)
            ]
        measured[name]["fresh"].append(durations[0])
        measured[name]["warm"].append(durations[-1])
    return measured
