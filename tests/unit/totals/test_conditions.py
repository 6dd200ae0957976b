"""A search as conditions: the keys of its params, and which searches the planes leave to the plain statement."""

from decimal import Decimal
from typing import Any

import pytest

from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.request.search import read_search
from partsearch.contract.request.values import TwoReadings
from partsearch.totals.conditions import ExactTerm, PlaneConditions, plane_conditions


def conditions(**fields: Any) -> PlaneConditions:
    found = plane_conditions(read_search(fields))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("  ЧЁРНЫЙ ", "1:k=черный"),
        ("2010", "1:k=2010"),
        (True, "1:k?true"),
        (False, "1:k?false"),
        (2010, "1:k#2010"),
        (Decimal("2010.50"), "1:k#2010.5"),
        (Decimal("1E+3"), "1:k#1000"),
        (Decimal("1E-3"), "1:k#0.001"),
        (Decimal("-0.0"), "1:k#0"),
        (Decimal("-7.10"), "1:k#-7.1"),
        (100, "1:k#100"),
    ],
)
def test_a_value_of_params(value: object, key: str) -> None:
    found = conditions(params={"k": value})
    assert found.exact_terms == [ExactTerm("param 0", "param", key)]
    assert found.conditions == ["shown", "param 0"]
    assert found.params == ["k"]


def test_the_length_of_a_key_keeps_it_apart_from_its_value() -> None:
    keys = [
        term.value
        for params in ({"a": "b=c"}, {"a=b": "c"}, {"a": "true"}, {"a": True}, {"a": 1}, {"a": "1"})
        for term in conditions(params=params).exact_terms
    ]
    assert len(set(keys)) == 6


def test_two_readings_are_one_condition() -> None:
    found = conditions(params={"a": TwoReadings(as_json=Decimal("1.0"), as_text="1.0"), "b": "x"})
    assert found.conditions == ["shown", "param 0", "param 1"]
    assert [(term.condition, term.value) for term in found.exact_terms] == [
        ("param 0", "1:a#1"),
        ("param 0", "1:a=1.0"),
        ("param 1", "1:b=x"),
    ]


@pytest.mark.parametrize("value", ["㌀" * 200, Decimal("1E-201"), TwoReadings(Decimal("1E-250"), "1E-250")])
def test_the_planes_leave_out_what_is_too_long(value: object) -> None:
    assert plane_conditions(read_search({"params": {"k": value}})) is None


def test_the_longest_values_that_the_planes_have() -> None:
    assert len(conditions(params={"k": "б" * 200}).exact_terms[0].value) == 204
    assert len(conditions(params={"k": Decimal("1E-198")}).exact_terms[0].value) == 204


def test_prices() -> None:
    found = conditions(price_gte=1, price_lte=Decimal("0.03"))
    assert found.conditions == ["shown", "price_gte 0"]
    assert found.over_price == ["price_lte 0", "price_lte 1"]
    assert {term.condition for term in found.exact_terms} == {"price_gte 0", "price_lte 0", "price_lte 1"}


def test_fields_without_keys_of_their_own_are_conditions() -> None:
    names = {"mark_name": "a", "mark_list": [1], "model_name": "b", "model_list": [], "producer_country_name": "c"}
    assert conditions(**names).conditions == ["shown", *names]


def test_a_text_of_several_words_with_digits_is_left_to_the_plain_statement() -> None:
    assert plane_conditions(read_search({"part_name": "фара 12"})) is None
    assert conditions(part_name=" Фара  ЛЕВАЯ ").name_terms[0].pattern == "%фара левая%"


def typed(
    *groups: Alternatives, phrase: str = "", words: tuple[str, ...] = (), **fields: Any
) -> PlaneConditions | None:
    understood = Understood("q", groups, phrase=phrase, words=words)
    return plane_conditions(read_search({"q": "q", **fields}), understood)


def test_the_alternatives_of_a_group_are_keys_of_one_condition() -> None:
    group = Alternatives(("бампер", "фара л", "л"), (2,), (7,), (("color", "белый"),))
    found = typed(group, sort="id")
    assert found is not None
    assert found.conditions == ["shown", "q 0"]
    assert {term.condition for term in found.name_terms} == {"q 0"}
    assert [(term.attribute, term.pattern) for term in found.name_terms] == [
        ("word", "%бампер%"),
        ("pair", "%фара л%"),
        ("phrase", "%фара л%"),
    ]
    assert found.exact_terms == [
        ExactTerm("q 0", "piece", "л"),
        ExactTerm("q 0", "mark", "2"),
        ExactTerm("q 0", "model", "7"),
        ExactTerm("q 0", "param", "5:color=белый"),
    ]
    assert found.params == ["color"]
    assert not found.are_disjoint
    assert found.summed == "q 0"


def test_the_ranks_have_conditions_of_their_own() -> None:
    found = typed(Alternatives(("фара",)), phrase="фара левая honda", words=("фара", "л"))
    assert found is not None
    assert found.in_phrase == ["phrase 0", "phrase 1"]
    assert found.in_words == ["words 0", "words 1"]
    assert found.conditions == ["shown", "q 0"]
    assert found.summed is None


@pytest.mark.parametrize(
    "group", [Alternatives(numbers=("2108",)), Alternatives(("фара 12",)), Alternatives(params=(("k", "a" * 201),))]
)
def test_the_planes_cannot_tell_what_they_do_not_know(group: Alternatives) -> None:
    assert typed(Alternatives(("фара",)), group) is None


def test_the_planes_are_not_asked_for_a_phrase_with_digits_or_for_nothing() -> None:
    assert typed(Alternatives(("фара",)), phrase="фара 12") is None
    assert typed(Alternatives(("фара",)), phrase="фара 12", sort="price") is not None
    assert typed() is None
