"""Random writes, folds and rebuilds: after each step the planes answer random searches as the parts do."""

import asyncio
import json
from collections import Counter
from random import Random

import asyncpg
import pytest

from partsearch.contract.request.search import read_search
from partsearch.fastapi_service import composer
from partsearch.totals.conditions import plane_conditions
from tests.support.catalog_data import Catalog, Mark, Model, Part
from tests.support.oracle import answer_of, read_answer
from tests.support.random_catalog.catalog import add_marks, connected
from tests.support.random_catalog.concurrent import run_concurrently
from tests.support.random_catalog.folds import fold, rebuild, sum_layers
from tests.support.random_catalog.searches import compare, random_search
from tests.support.random_catalog.writes import RandomWrites

STEPS, SEARCHES = 20, 3
_ROWS = {
    Mark: "SELECT id, name, producer_country_name, is_visible FROM mark",
    Model: "SELECT id, name, mark_id, is_visible FROM model",
    Part: "SELECT id, name, model_id, mark_id, price::text, json_data::text, is_visible FROM part",
}
_ORACLE_PARTS = 2000


@pytest.mark.parametrize("seed", [1, 2])
def test_one_writer(url: str, seed: int) -> None:
    asyncio.run(_write_alone(url, seed))


async def _write_alone(url: str, seed: int) -> None:
    random, counts = Random(seed), Counter[str]()
    async with connected(url) as (connection,):
        await add_marks(connection)
        writes = RandomWrites(random)
        for _ in range(STEPS):
            for _ in range(random.randint(1, 3)):
                await writes.write(connection)
            if random.random() < 0.3:
                await fold(connection, random.choice([3, 100, 100_000]))
            if random.random() < 0.3:
                counts["sums"] += await sum_layers(connection, random.randint(1, 9))
            if random.random() < 0.05:
                await rebuild(connection, random)
            for _ in range(SEARCHES):
                await compare(connection, random_search(random), counts)
        await fold(connection, 1_000_000)
        await sum_layers(connection, 100)
        await _compare_with_oracle(connection, random)
    assert counts["found"] > 5, counts
    assert counts["sums"] > 0, counts


async def _compare_with_oracle(connection: asyncpg.Connection, random: Random) -> None:
    await connection.execute(
        "DELETE FROM part WHERE id NOT IN (SELECT id FROM part ORDER BY id LIMIT $1)", _ORACLE_PARTS
    )
    rows = {kind: [kind(*row) for row in await connection.fetch(sql)] for kind, sql in _ROWS.items()}
    catalog = Catalog(rows[Mark], rows[Model], rows[Part])
    await fold(connection, 1_000_000)
    for _ in range(5):
        fields = random_search(random)
        search = read_search(dict(fields))
        planes = plane_conditions(search)
        statement = composer.find_parts_by_planes(search, planes) if planes else composer.find_parts_by_scan(search)
        answer = await connection.fetchval(statement.sql, *statement.values)
        if answer is not None:
            assert read_answer(answer.encode()) == answer_of(catalog, fields), json.dumps(fields, default=str)


def test_writers_at_the_same_time(url: str) -> None:
    counts = asyncio.run(run_concurrently(url, 1, 15))
    assert counts["found"] > 5, counts
    assert counts["folds"] > 5, counts
    assert counts["sums"] > 5, counts
