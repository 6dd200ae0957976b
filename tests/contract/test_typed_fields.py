"""``sort``, ``per_page``, ``highlight``, ``facets``, ``understood``: their form, defaults and blank values."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.contract.service_client import SEARCH, Service, search_result, to_json, to_query
from tests.support.catalog_data import Catalog
from tests.support.oracle import answer_of as plain_answer_of
from tests.support.oracle import as_compared
from tests.support.typed.freshness import wait_until_one_word

pytestmark = pytest.mark.usefixtures("known_catalog")

Both = tuple[Service, Service]

ABSENT: list[dict[str, Any]] = [
    {"q": None, "sort": None, "facets": None, "highlight": None, "per_page": None},
    {"q": "", "sort": "", "facets": "", "highlight": "", "per_page": ""},
    {"q": " \u00a0\u200b", "sort": " \t", "facets": "\u00ad", "highlight": " ", "per_page": "\ufeff"},
    {"sort": "id", "facets": [], "highlight": False, "per_page": 10},
    {"sort": " id ", "per_page": Decimal("1.0e1")},
]


@pytest.mark.parametrize("fields", ABSENT, ids=lambda fields: to_json(fields)[:40])
@pytest.mark.parametrize("search", [{}, {"part_name": "бамп"}, {"page": 3}, {"mark_list": []}], ids=str)
def test_a_blank_field_changes_no_byte(
    services: Both, known_catalog: Catalog, fields: dict[str, Any], search: dict[str, Any]
) -> None:
    for service in services:
        answer = service.post({**search, **fields})
        assert answer.content == service.post(search).content
        assert list(search_result(answer)) == ["response", "count", "summ"]
        assert search_result(answer) == plain_answer_of(known_catalog, search)


def test_the_answer_without_the_new_fields_has_the_bytes_of_before(services: Both) -> None:
    expected = (
        '{"response":[{"id":100,"mark":{"id":1,"name":"Honda","producer_country_name":"Япония"},'
        '"model":{"id":10,"name":"Accord"},"name":"Бампер передний",'
        '"json_data":{"color": "красный", "count": 4, "is_new_part": true},"price":2300}],"count":1,"summ":2300}'
    )
    for service in services:
        assert service.post({"mark_list": [1], "params": {"color": "красный"}}).text == expected
        assert service.get("mark_list=1&params.color=красный").text == expected


@pytest.mark.parametrize(
    "query", ["q=", "q=+%C2%A0", "sort=", "facets=", "facets", "highlight=", "highlight=+false", "per_page="]
)
def test_a_blank_field_of_a_query_string_is_absent(services: Both, query: str) -> None:
    for service in services:
        assert service.get(query).content == service.ask("GET", SEARCH).content


@pytest.mark.parametrize("per_page", [1, 3, 10, 99, 100])
def test_pages_of_any_size_are_pieces_of_one_order(services: Both, known_catalog: Catalog, per_page: int) -> None:
    everything = plain_answer_of(known_catalog, {})
    count = int(everything["count"].text)
    ids = sorted(part.id for part in known_catalog.parts)
    for service in services:
        seen: list[int] = []
        for page in range(1, -(-count // per_page) + 1):
            answer = service.search(per_page=per_page, page=page)
            assert (answer["count"], answer["summ"]) == (everything["count"], everything["summ"])
            seen += [int(part["id"].text) for part in answer["response"]]
        assert seen == sorted(set(seen))
        assert len(seen) == count
        assert set(seen) <= set(ids)
        past = service.search(per_page=per_page, page=1_000_000)
        assert (past["response"], past["count"]) == ([], everything["count"])


def test_prices_sort_exactly_with_ties_by_id(services: Both) -> None:
    for service in services:
        rising = [(Decimal(part["price"].text), int(part["id"].text)) for part in _all(service, sort="price")]
        assert rising == sorted(rising)
        falling = [(-Decimal(part["price"].text), int(part["id"].text)) for part in _all(service, sort="-price")]
        assert falling == sorted(falling)
        assert [-price for price, _ in falling] == [price for price, _ in reversed(rising)]
    first, second = ([part["id"] for part in _all(service, sort="relevance")] for service in services)
    assert first == second


def _all(service: Service, **search: Any) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = service.search(per_page=100, **search)["response"]
    return parts


def test_highlight_without_q_is_an_empty_list(services: Both) -> None:
    for service in services:
        for part in _all(service, highlight=True):
            assert list(part)[-1] == "highlight"
            assert part["highlight"] == {"name": []}
        assert service.post({"highlight": True, "per_page": 1}).text.count('"highlight":{"name":[]}') == 1


@pytest.mark.parametrize(
    "text",
    ["бампер", "ЁЁЁ", "ведущие и", "100%", "датчик", "ключи", "решетка бампера", "o'ring", "фильтр 5", "new_part"],
)
def test_highlighted_ranges_are_in_the_name_and_stand_apart(services: Both, text: str) -> None:
    if text in ("o'ring", "new_part"):
        wait_until_one_word(services, text)
    answers = [service.post({"q": text, "highlight": True, "per_page": 100}) for service in services]
    assert answers[0].content == answers[1].content
    found = search_result(answers[0])["response"]
    assert found
    for part in found:
        places = [(int(start.text), int(end.text)) for start, end in part["highlight"]["name"]]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(part["name"]) for start, end in places)
        assert all(end < start for (_, end), (start, _) in pairwise(places))
        # A word stands for its forms, and a sign beside it for nothing.
        words = [word.strip("%")[:5] for word in as_compared(text).split()]
        assert places
        assert any(word in as_compared(part["name"][start:end]) for start, end in places for word in words)


def test_every_facet_is_in_the_order_asked_and_asked_twice_is_once(services: Both) -> None:
    names = ["params.count", "price", "mark", "mark", "is_new_part", " color ", "params.k.e.y"]
    answers = [service.post({"facets": names}) for service in services]
    assert answers[0].content == answers[1].content
    result = search_result(answers[0])
    assert list(result) == ["response", "count", "summ", "facets"]
    assert list(result["facets"]) == ["params.count", "price", "mark", "is_new_part", "color", "params.k.e.y"]
    by_get = [service.get(to_query({"facets": names})) for service in services]
    assert {answer.content for answer in by_get} == {answers[0].content}


def test_nothing_found_has_empty_facets(services: Both) -> None:
    for service in services:
        facets = service.search(part_name="такого нет", facets=["mark", "price"])["facets"]
        assert facets["price"] == {"min": None, "max": None, "buckets": []}
        assert facets["mark"]["values"] == []


@pytest.mark.parametrize("text", ["???", "абракадабра щщщ", "для", "123456789012345"])
def test_what_is_not_understood_is_named_and_nothing_matches(services: Both, text: str) -> None:
    answers = [service.post({"q": text, "facets": ["mark", "price"]}) for service in services]
    assert answers[0].content == answers[1].content
    result = search_result(answers[0])
    assert list(result) == ["response", "count", "summ", "understood", "facets"]
    assert (result["response"], result["count"].text, result["summ"].text) == ([], "0", "0")
    assert list(result["understood"]) == [
        *("q", "mark_list", "model_list", "number", "params", "corrections", "unused"),
    ]
