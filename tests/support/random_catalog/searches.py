"""Random searches, and the comparison of the planes' answers with those of the plain statement."""

import json
from collections import Counter
from decimal import Decimal
from random import Random
from typing import Any

import asyncpg

from partsearch.contract.request.search import read_search
from partsearch.fastapi_service import composer
from partsearch.totals.conditions import plane_conditions
from tests.support.random_catalog.writes import COLORS, WORDS, random_name

_ALONE = 0.3
"""How many searches have at most one filter: sums may answer them."""
_PRICES = (0, 1000, 50000, 100000, 1000000, 10**12 - 1)


def random_search(random: Random) -> dict[str, Any]:
    """Return a search of a few fields; most of them match some parts."""
    search: dict[str, Any] = {}
    for name, (chance, value) in _fields(random).items():
        if random.random() < chance:
            search[name] = value
    if random.random() < _ALONE:
        return dict(random.sample(sorted(search.items()), min(len(search), 1)))
    params = {name: value for name, (chance, value) in _params(random).items() if random.random() < chance}
    return {**search, **({"params": params} if params else {}), "page": random.choice([1, 1, 1, 2, 3, 50, 2000])}


def _fields(random: Random) -> dict[str, tuple[float, Any]]:
    return {
        "mark_name": (0.2, random.choice(["hon", "a", "да", "zzz", "k"])),
        "mark_list": (0.2, random.sample(range(1, 9), random.randrange(4))),
        "model_name": (0.15, random.choice(["m", "mo1", "1"])),
        "model_list": (0.15, random.sample(range(1, 14), random.randint(1, 5))),
        "part_name": (0.5, _piece(random)),
        "producer_country_name": (0.15, random.choice(["япония", "корея", "x"])),
        "price_gte": (0.3, _price(random)),
        "price_lte": (0.3, _price(random)),
    }


def _params(random: Random) -> dict[str, tuple[float, Any]]:
    return {
        "color": (0.15, random.choice([color for color in COLORS if color is not None] + ["ЧЁРНЫЙ"])),
        "is_new_part": (0.15, random.choice([True, False, "true"])),
        "year": (0.1, random.choice([2010, "2010", Decimal("2010.50")])),
        "side": (0.1, "left"),
        "oem": (0.02, "x"),
    }


def _price(random: Random) -> Decimal:
    return Decimal(random.choice([*_PRICES, random.randrange(100000)])) / 100


def _piece(random: Random) -> str:
    name = random_name(random)
    first = random.randrange(len(name))
    return name[first : first + random.randint(1, 14)].strip() or random.choice(WORDS)


async def compare(connection: asyncpg.Connection, fields: dict[str, Any], counts: Counter[str]) -> None:
    """Assert that both other statements answer the search as the plain one, and count how the planes answered."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await compare_in_one_snapshot(connection, fields, counts)


async def compare_in_one_snapshot(connection: asyncpg.Connection, fields: dict[str, Any], counts: Counter[str]) -> None:
    """Do as ``compare`` in the transaction of the caller, which has one snapshot."""
    search = read_search(dict(fields))
    by_scan, few = composer.find_parts_by_scan(search), composer.find_few_parts(search)
    expected = await connection.fetchval(by_scan.sql, *by_scan.values)
    assert await connection.fetchval(few.sql, *few.values) == expected, fields
    planes = plane_conditions(search)
    if planes is None:
        counts["no statement"] += 1
        return
    by_planes = composer.find_parts_by_planes(search, planes)
    answer = await connection.fetchval(by_planes.sql, *by_planes.values)
    counts["null" if answer is None else "found" if json.loads(answer)["count"] else "nothing"] += 1
    assert answer in (None, expected), (fields, answer[-300:], expected[-300:])
