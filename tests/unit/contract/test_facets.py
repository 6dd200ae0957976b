"""Facets: what they leave out, which values they show, their JSON."""

import json
from decimal import Decimal

import pytest

from partsearch.contract.answer.facets import (
    PRICE_BOUNDS,
    FacetValue,
    PriceFacet,
    ValuesFacet,
    chosen_values,
    facets_answer,
    search_without,
    searches_of,
    values_facet,
)
from partsearch.contract.request.reading import search_from_query
from partsearch.contract.request.search import Search, read_search

EVERYTHING = {
    "mark_name": "honda",
    "mark_list": [1],
    "model_name": "accord",
    "model_list": [2],
    "part_name": "бампер",
    "producer_country_name": "Япония",
    "params": {"color": "белый", "is_new_part": True, "side": "левый"},
    "price_gte": 1,
    "price_lte": 5,
    "q": "бампер",
}


@pytest.mark.parametrize(
    ("facet", "left_out"),
    [
        ("mark", ["mark_name", "mark_list"]),
        ("model", ["model_name", "model_list"]),
        ("country", ["producer_country_name"]),
        ("name", ["part_name"]),
        ("price", ["price_gte", "price_lte"]),
    ],
)
def test_a_facet_leaves_out_its_own_filter_alone(facet: str, left_out: list[str]) -> None:
    others = {name: value for name, value in EVERYTHING.items() if name not in left_out}
    assert search_without(read_search(dict(EVERYTHING)), facet) == read_search(others)


@pytest.mark.parametrize(
    ("facet", "key"), [("color", "color"), ("is_new_part", "is_new_part"), ("params.side", "side"), ("params.x", "x")]
)
def test_a_facet_of_an_attribute_leaves_out_its_key(facet: str, key: str) -> None:
    found = search_without(read_search(dict(EVERYTHING)), facet)
    assert set(found.params) == {"color", "is_new_part", "side"} - {key}
    assert found.part_name == "бампер"


def test_facets_without_filters_count_one_search() -> None:
    search = read_search({"part_name": "бампер", "mark_list": [1], "facets": ["model", "mark", "price", "color"]})
    assert [facets for _, facets in searches_of(search)] == [["model", "price", "color"], ["mark"]]


def test_the_most_frequent_values_are_shown_and_the_others_counted() -> None:
    counted = [FacetValue(number, f"{number:02}", 100 - number) for number in range(30)]
    facet = values_facet("mark", counted[:20] + counted[25:26], [FacetValue(25, "25", 0), FacetValue(99, "99", 0)], 30)
    assert [value.value for value in facet.values] == [*range(20), 25, 99]
    assert [value.count for value in facet.values][-2:] == [75, 0]
    assert facet.others == 9


def test_ties_are_ordered_by_label_and_then_by_value() -> None:
    counted = [FacetValue(3, "а", 5), FacetValue(2, "б", 5), FacetValue(1, "б", 5), FacetValue(4, "я", 9)]
    assert [value.value for value in values_facet("mark", counted, [], 4).values] == [4, 3, 1, 2]
    mixed = [FacetValue(Decimal(1), "1", 2), FacetValue("1", "1", 2), FacetValue("true", "true", 2)]
    mixed.append(FacetValue(value=True, label="true", count=2))
    assert [value.value for value in values_facet("params.x", mixed, [], 4).values] == ["1", Decimal(1), "true", True]


def test_a_country_in_another_spelling_is_the_chosen_one() -> None:
    facet = values_facet("country", [FacetValue("Япония", "Япония", 2)], [FacetValue("ЯПОНИЯ", "ЯПОНИЯ", 0)], 1)
    assert facet == ValuesFacet([FacetValue("Япония", "Япония", 2)], 0)


def test_a_chosen_value_without_parts_is_shown() -> None:
    search = read_search({"params": {"color": "Чёрный"}})
    assert values_facet("color", [], chosen_values(search, "color"), 0).values == [FacetValue("черный", "черный", 0)]
    chosen = chosen_values(search_from_query(b"params.oem=7"), "params.oem")
    assert [value.value for value in values_facet("params.oem", [], chosen, 0).values] == [Decimal(7)]
    text = FacetValue("7", "7", 4)
    assert values_facet("params.oem", [text], chosen, 1).values == [text]


@pytest.mark.parametrize(("facet", "value"), [("color", 1), ("color", True), ("is_new_part", "true")])
def test_what_a_facet_cannot_have_is_not_chosen(facet: str, value: object) -> None:
    assert chosen_values(read_search({"params": {facet: value}}), facet) == []


def test_nothing_is_chosen_without_a_filter() -> None:
    assert [chosen_values(Search(), facet) for facet in ("country", "name", "price", "color", "params.x")] == [[]] * 5


def test_prices_have_buckets_without_gaps() -> None:
    facet = PriceFacet(Decimal("0.50"), Decimal("12.00"), {0: 1, 10: 2})
    assert json.loads(facets_answer({"price": facet})) == {
        "price": {
            "min": 0.5,
            "max": 12,
            "buckets": [
                {"from": 0, "to": 1, "count": 1},
                {"from": 1, "to": 2, "count": 0},
                {"from": 2, "to": 5, "count": 0},
                {"from": 5, "to": 10, "count": 0},
                {"from": 10, "to": 20, "count": 2},
            ],
        }
    }
    nothing = facets_answer({"price": PriceFacet(None, None, {})})
    assert nothing == b'{"price":{"min":null,"max":null,"buckets":[]}}'


def test_the_bounds_reach_from_nothing_to_beyond_every_price() -> None:
    assert PRICE_BOUNDS[:6] == (0, 1, 2, 5, 10, 20)
    assert PRICE_BOUNDS[-2:] == (5_000_000_000, 10_000_000_000)


def test_the_json_of_values() -> None:
    values = [
        FacetValue("белый", "Белый", 2),
        FacetValue(Decimal("1.50"), "1.5", 1),
        FacetValue(value=True, label="true", count=1),
    ]
    assert facets_answer({"params.x": ValuesFacet(values, 3)}).decode() == (
        '{"params.x":{"values":[{"value":"белый","label":"Белый","count":2},{"value":1.5,"label":"1.5","count":1},'
        '{"value":true,"label":"true","count":1}],"others":3}}'
    )
