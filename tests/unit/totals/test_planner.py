"""The planner chooses the planes for what matches much, and the parts for what matches little."""

from decimal import Decimal
from typing import Any

import pytest

from partsearch.contract.request.search import read_search
from partsearch.totals.conditions import plane_conditions
from partsearch.totals.planner import prefers_planes, prefers_to_read_once
from partsearch.totals.statistics import Statistics, read_statistics

_TEN_MILLION = read_statistics(
    [
        ("present", "", 256_000, 157, 4, 0),
        ("mark", "1", 30_000, 157, 4, 0),
        ("mark", "390", 20, 157, 4, 0),
        ("model", "7", 25, 157, 4, 0),
        ("country", "япония", 60_000, 157, 4, 0),
        ("param", "4:side=левый", 60_000, 157, 4, 0),
        ("param", "4:year#1912", 20, 157, 4, 0),
        ("param", "5:color=белый", 13_000, 157, 4, 0),
        ("word", "бампер", 12_000, 157, 4, 0),
        ("piece", "а", 220_000, 157, 4, 0),
        ("pair", "бампер передний", 4_000, 157, 4, 0),
        ("price", ">=1e5", 240_000, 157, 4, 0),
        ("price", ">=2e5", 200_000, 157, 4, 0),
        ("price", ">=3e5", 150_000, 157, 4, 0),
        ("price", ">=5e5", 90_000, 157, 4, 0),
        ("price", ">=6e5", 80_000, 157, 4, 0),
        ("mark_name", "toyota", 30_000, 0, 0, 0),
        ("mark_name", "лада", 20, 0, 0, 0),
    ]
)


def prefers(fields: dict[str, Any], statistics: Statistics | None = _TEN_MILLION) -> bool:
    search = read_search(fields)
    planes = plane_conditions(search)
    assert planes is not None
    return prefers_planes(search, planes, statistics)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"mark_list": [1]},
        {"mark_name": "toyota"},
        {"part_name": "а"},
        {"part_name": "бампер"},
        {"part_name": "бампер передний"},
        {"price_gte": Decimal(2000), "price_lte": Decimal(5000)},
        {"price_gte": Decimal("2020.37"), "price_lte": Decimal("2778.37")},
        {"price_lte": Decimal(1500)},
        {"params": {"side": "левый"}},
        {"params": {"side": "левый", "color": "белый"}, "price_gte": Decimal(2000)},
        {"producer_country_name": "Япония", "part_name": "бампер"},
    ],
)
def test_what_matches_much_is_asked_of_the_planes(fields: dict[str, Any]) -> None:
    assert prefers(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"mark_list": [390]},
        {"mark_name": "лада"},
        {"model_list": [7]},
        {"model_list": []},
        {"part_name": "граммофон"},
        {"params": {"year": 1912}},
        {"params": {"year": 1912}, "part_name": "а"},
        {"mark_list": [1], "params": {"color": "зебра"}},
        {"price_gte": Decimal("2020.37"), "price_lte": Decimal("2030.37")},
        {"price_gte": Decimal(9_999_999_999)},
    ],
)
def test_what_matches_little_is_read(fields: dict[str, Any]) -> None:
    assert not prefers(fields)


def test_without_statistics_the_planes_are_asked() -> None:
    assert prefers({"mark_list": [390]}, None)


def test_an_empty_catalog_is_read() -> None:
    assert not prefers({}, read_statistics([]))


@pytest.mark.parametrize(
    ("fields", "segments", "reads_once"),
    [
        ({"part_name": "бампер"}, 157, True),
        ({"part_name": "бампер"}, 1, False),
        ({"price_lte": Decimal(5)}, 1, False),
        ({"params": {"color": "белый"}}, 1, True),
    ],
)
def test_a_small_catalog_reads_names_and_prices_by_a_plan_that_is_kept(
    fields: dict[str, Any], segments: int, reads_once: bool
) -> None:
    statistics = read_statistics([("present", "", 10_000, segments, 1, 0)])
    assert prefers_to_read_once(read_search(fields), statistics) == reads_once
    assert prefers_to_read_once(read_search(fields), None)
