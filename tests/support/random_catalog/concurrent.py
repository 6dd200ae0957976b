"""Writers, a folder, and readers at the same time on one catalog."""

import asyncio
import itertools
from collections import Counter
from random import Random
from time import monotonic
from typing import Literal

import asyncpg

from tests.support.random_catalog.catalog import add_marks, connected
from tests.support.random_catalog.folds import REFUSED, fold, rebuild, sum_layers
from tests.support.random_catalog.searches import compare, compare_in_one_snapshot, random_search
from tests.support.random_catalog.writes import RandomWrites

_LEAST = 6
"""The writers go on until there were so many folds, and answers from the planes."""
_LONGEST_SECONDS = 60
_SNAPSHOT_SECONDS = 2
_Isolation = Literal["read_committed", "repeatable_read"]

_LEGAL = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ForeignKeyViolationError,
    asyncpg.UniqueViolationError,
)
"""What two writers may cause each other without the totals."""


async def run_concurrently(url: str, seed: int, writes: int) -> Counter[str]:
    """Write, fold and search at the same time; return what happened how often.

    Raises:
        ExceptionGroup: with the AssertionError of a search that the planes have answered differently.
    """
    random, counts = Random(seed), Counter[str]()
    async with connected(url, 6) as (first, second, third, folder, reader, holder):
        await add_marks(first)
        is_over = asyncio.Event()
        async with asyncio.TaskGroup() as others:
            others.create_task(_fold(folder, Random(seed), is_over, counts))
            others.create_task(_search(reader, Random(seed), is_over, counts))
            others.create_task(_hold_snapshots(holder, Random(seed), is_over, counts))
            try:
                async with asyncio.TaskGroup() as writers:
                    writers.create_task(_write(first, random, writes, "read_committed", counts))
                    writers.create_task(_write(second, Random(seed + 1), writes, "repeatable_read", counts))
                    writers.create_task(_write(third, Random(seed + 2), writes, "read_committed", counts))
            finally:
                is_over.set()
        await _check_the_end(first, random, counts)
    return counts


async def _write(
    connection: asyncpg.Connection, random: Random, writes: int, isolation: _Isolation, counts: Counter[str]
) -> None:
    random_writes = RandomWrites(random, is_alone=False)
    deadline = monotonic() + _LONGEST_SECONDS
    for number in itertools.count():
        if number >= writes and (monotonic() > deadline or min(counts["folds"], counts["found"]) >= _LEAST):
            return
        try:
            async with connection.transaction(isolation=isolation):
                for _ in range(random.choice([1, 1, 1, 3])):
                    await random_writes.write(connection)
        except _LEGAL as error:
            counts[f"writer: {type(error).__name__}"] += 1


async def _fold(connection: asyncpg.Connection, random: Random, is_over: asyncio.Event, counts: Counter[str]) -> None:
    while not is_over.is_set():
        try:
            if random.random() < 0.1:
                await rebuild(connection, random)
            else:
                await fold(connection, random.choice([3, 100, 100000]))
            counts["folds"] += 1
            counts["sums"] += await sum_layers(connection, random.randrange(3))
        except REFUSED as error:
            counts[f"fold: {type(error).__name__}"] += 1
            await asyncio.sleep(0.01)


async def _search(connection: asyncpg.Connection, random: Random, is_over: asyncio.Event, counts: Counter[str]) -> None:
    while not is_over.is_set():
        await compare(connection, random_search(random), counts)


async def _hold_snapshots(
    connection: asyncpg.Connection, random: Random, is_over: asyncio.Event, counts: Counter[str]
) -> None:
    """Search in snapshots that last for several folds, but not for long: TRUNCATE waits for them, and folds for it."""
    while not is_over.is_set():
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            last, deadline = counts["folds"] + 3, monotonic() + _SNAPSHOT_SECONDS
            await compare_in_one_snapshot(connection, random_search(random), Counter())
            while counts["folds"] < last and monotonic() < deadline and not is_over.is_set():
                await compare_in_one_snapshot(connection, random_search(random), counts)


async def _check_the_end(connection: asyncpg.Connection, random: Random, counts: Counter[str]) -> None:
    for most in (0, 50, 1_000_000):
        await fold(connection, most)
        counts["sums"] += await sum_layers(connection, most)
        for _ in range(10):
            await compare(connection, random_search(random), counts)
