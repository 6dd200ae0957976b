"""Whether ``q`` is the only filter of a search."""

from typing import Any

import pytest

from partsearch.contract.request.search import FIELDS, OF_ONE_PAGE, read_search

_OTHERS = set(FIELDS) - {"q", *OF_ONE_PAGE}


@pytest.mark.parametrize(
    "others",
    [{}, {"page": 2, "per_page": 5, "sort": "price", "facets": ["mark"], "highlight": True}, {"params": {"color": ""}}],
)
def test_what_is_no_filter_does_not_count(others: dict[str, Any]) -> None:
    assert read_search({"q": "фара", **others}).has_q_alone


@pytest.mark.parametrize("name", sorted(_OTHERS))
def test_every_other_filter_counts(name: str) -> None:
    value = {"mark_list": [], "model_list": [], "params": {"color": "белый"}, "price_gte": 0, "price_lte": 0}
    assert not read_search({"q": "фара", name: value.get(name, "x")}).has_q_alone


def test_a_search_without_q_has_none_alone() -> None:
    assert not read_search({}).has_q_alone
