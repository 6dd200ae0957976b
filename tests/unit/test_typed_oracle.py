"""The oracle of typed searches, checked by hand on a few rows."""

import json
from datetime import UTC, datetime

import pytest

from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.understanding.dictionary import Dictionary
from tests.support.catalog_data import Catalog, Mark, Model, Part
from tests.support.oracle import Written, joined, written
from tests.support.typed.numbers import numbers_of
from tests.support.typed.oracle import answer_of, quality_of, ranges, rank_of
from tests.support.typed.shop import Shop

CATALOG = Catalog(
    [Mark(1, "Honda", "Япония"), Mark(2, "ВАЗ", "Россия"), Mark(3, "Скрытая", "Япония", is_visible=False)],
    [Model(10, "Accord", 1), Model(20, "2109", 2), Model(30, "Тень", 3)],
    [
        Part(1, "Бампер передний", 10, 1, "100", '{"color": "Белый", "photo": "a", "year": 2010}'),
        Part(2, "бампер", 10, 1, "99.99", '{"color": "белый", "count": 0, "year": 2010.0}'),
        Part(3, "Фара", 20, 2, "1000", '{"color": "чёрный", "oem": "А-1234"}'),
        Part(4, "Бампер", 30, 3, "5", '{"color": "белый"}'),
    ],
)
SHOP = Shop(CATALOG, dict.fromkeys(range(1, 5), datetime(2026, 1, 1, tzinfo=UTC)), Dictionary())
BUMPERS = Understood(
    q="бампер", groups=(Alternatives(texts=("бампер",)),), phrase="бампер", words=("бампер",), highlights=("бампер",)
)


@pytest.fixture(autouse=True)
def what_is_typed_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every text mean the same."""
    monkeypatch.setattr(Shop, "understood", lambda self, text: BUMPERS)


def values(facet: dict[str, object]) -> str:
    """Return the values of a facet as JSON."""
    return json.dumps(facet, ensure_ascii=False, default=lambda value: value.text)


def test_the_best_part_is_first_and_totals_are_exact() -> None:
    answer = answer_of(SHOP, {"q": "бампер", "highlight": True})
    assert [part["id"] for part in answer["response"]] == [Written("1"), Written("2")]
    assert (answer["count"], answer["summ"]) == (Written("2"), Written("199.99"))
    assert answer["response"][0]["highlight"] == {"name": [[Written("0"), Written("6")]]}


@pytest.mark.parametrize(
    ("sort", "ids"), [("id", "123"), ("price", "213"), ("-price", "312"), ("-created", "123"), ("relevance", "132")]
)
def test_the_orders(sort: str, ids: str) -> None:
    assert "".join(part["id"].text for part in answer_of(SHOP, {"sort": sort})["response"]) == ids


def test_a_facet_leaves_out_its_own_filter_alone() -> None:
    search = {"facets": ["mark", "color", "price", "country"], "mark_list": [2], "params": {"color": "белый"}}
    facets = answer_of(SHOP, search)["facets"]
    assert values(facets["mark"]) == (
        '{"values": [{"value": "1", "label": "Honda", "count": "2"}, {"value": "2", "label": "ВАЗ", "count": "0"}],'
        ' "others": "0"}'
    )
    assert values(facets["color"]) == (
        '{"values": [{"value": "черный", "label": "чёрный", "count": "1"},'
        ' {"value": "белый", "label": "белый", "count": "0"}], "others": "0"}'
    )
    assert facets["price"] == {"min": None, "max": None, "buckets": []}
    assert facets["country"] == {"values": [], "others": Written("0")}


def test_prices_are_in_buckets_without_gaps() -> None:
    price = answer_of(SHOP, {"facets": ["price"], "price_gte": 5000})["facets"]["price"]
    assert (price["min"], price["max"]) == (Written("99.99"), Written("1000"))
    assert [tuple(member.text for member in bucket.values()) for bucket in price["buckets"]] == [
        *(("50", "100", "1"), ("100", "200", "1"), ("200", "500", "0"), ("500", "1000", "0"), ("1000", "2000", "1")),
    ]


def test_numbers_count_by_value_and_colours_as_they_are_compared() -> None:
    facets = answer_of(SHOP, {"facets": ["params.year", "color"]})["facets"]
    (year,) = facets["params.year"]["values"]
    assert (year["label"], year["count"]) == ("2010", Written("2"))
    assert values(facets["color"]["values"][0]) == '{"value": "белый", "label": "Белый", "count": "2"}'


def test_ranges_are_merged() -> None:
    assert ranges("Абаба бампер", ("аба", "бампер")) == [[written(0), written(5)], [written(6), written(12)]]
    assert ranges("Ёлка", ("ел", "лк")) == [[written(0), written(3)]]


def test_ranks_numbers_and_quality() -> None:
    rows = {row.part.id: row for row in joined(CATALOG)}
    assert numbers_of(rows[3].part) == ["A1234"]
    number = Understood(q="a1234", groups=(Alternatives(numbers=("A1234",)),), number="A1234")
    assert [rank_of(rows[id_], number) for id_ in (1, 3)] == [2, 0]
    assert [rank_of(rows[id_], Understood(q="", words=("передний", "бампер"))) for id_ in (1, 2)] == [1, 2]
    assert [quality_of(rows[id_]) for id_ in (1, 2, 3)] == [3, 0, 1]
