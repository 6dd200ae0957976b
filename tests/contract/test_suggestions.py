"""``/suggest/``: what it suggests, in which order, and that each count is that of its search."""

import json
from collections import Counter
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, invalid_fields, problem, same_problem, to_json
from tests.support.oracle import as_compared
from tests.support.typed.catalogs import HIDDEN_WORD, shop_catalog
from tests.support.typed.freshness import wait_until_known
from tests.support.typed.shop import Shop

Both = tuple[Service, Service]

SUGGEST = "/suggest/"
MARKER = "кшбрпжмзгнтд"
_KINDS = ["number", "mark", "model", "name"]
_MOST = {"number": 2, "mark": 3, "model": 3, "name": 20}


@pytest.fixture(scope="module")
def shop(migrated_database: str, services: Both) -> Shop:
    """Return the shop, known to both services."""
    truncate_catalog(migrated_database)
    opened = Shop.opened(migrated_database, shop_catalog(MARKER))
    wait_until_known(services, MARKER)
    return opened


def suggestions(services: Both, text: str, limit: int | None = None) -> list[dict[str, Any]]:
    """Return what both services suggest, byte for byte alike."""
    query = f"q={quote(text)}" + ("" if limit is None else f"&limit={limit}")
    answers = [service.ask("GET", f"{SUGGEST}?{query}") for service in services]
    for answer in answers:
        assert answer.status_code == HTTPStatus.OK, answer.text
        assert answer.headers["Content-Type"] == "application/json"
    assert len({answer.content for answer in answers}) == 1, [answer.text for answer in answers]
    body = answers[0].json()
    assert list(body) == ["suggestions"]
    found: list[dict[str, Any]] = body["suggestions"]
    return found


TEXTS = [
    *("б", "ба", "бампер", "бампер пер", "пер", "Фара", "фара л", "hon", "хон", "acc", "аккорд", "honda acc", "land"),
    *("5 с", "2109", "21083", "21083-28", "21083 2803015", "А21R", "A21R23", "c", "болт", "болт колесный", "м1", "при"),
    *("панель", "тормозной/", "решётк", "решет", "2", "X5", "x", "прио", "toyota", "япония", "ваз", "zaz"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_suggestion_has_its_exact_count(services: Both, shop: Shop, text: str) -> None:
    for limit in (1, 4, 10, 20):
        found = suggestions(services, text, limit)
        assert len(found) <= limit
        assert all(list(suggestion) == ["kind", "text", "count", "search"] for suggestion in found)
        kinds = [suggestion["kind"] for suggestion in found]
        assert kinds == sorted(kinds, key=_KINDS.index)
        assert all(number <= _MOST[kind] for kind, number in Counter(kinds).items())
        searches = [to_json(suggestion["search"]) for suggestion in found]
        assert len(set(searches)) == len(searches)
        for suggestion in found:
            assert suggestion["count"] > 0
            for service in services:
                assert service.search(**suggestion["search"])["count"].text == str(suggestion["count"]), suggestion


@pytest.mark.parametrize("text", TEXTS)
def test_a_smaller_limit_gives_the_first_suggestions(services: Both, shop: Shop, text: str) -> None:
    usual = suggestions(services, text)
    for limit in range(1, 11):
        assert suggestions(services, text, limit) == usual[:limit]


@pytest.mark.parametrize("text", TEXTS)
def test_names_are_words_of_shown_parts_that_start_as_typed(services: Both, shop: Shop, text: str) -> None:
    names = [as_compared(row.part.name) for row in shop.shown]
    last = as_compared(text).split()[-1]
    starts = any(word.startswith(last) for name in names for word in name.split())
    found = [suggestion for suggestion in suggestions(services, text, 20) if suggestion["kind"] == "name"]
    for suggestion in found:
        phrase = suggestion["search"]["part_name"]
        assert list(suggestion["search"]) == ["part_name"]
        assert as_compared(suggestion["text"]) == phrase
        assert any(phrase in name for name in names)
        assert len(phrase.split()) <= max(2, len(text.split()))
        if starts:
            assert phrase.split()[-1].startswith(last) or phrase.startswith(as_compared(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ба", ("name", "Бампер", {"part_name": "бампер"})),
        ("бампер пер", ("name", "Бампер передний", {"part_name": "бампер передний"})),
        ("hon", ("mark", "Honda", {"mark_list": [1]})),
        ("хон", ("mark", "Honda", {"mark_list": [1]})),
        ("хонда", ("mark", "Honda", {"mark_list": [1]})),
        ("acc", ("model", "Honda Accord", {"model_list": [10]})),
        ("аккорд", ("model", "Honda Accord", {"model_list": [10]})),
        ("honda acc", ("model", "Honda Accord", {"model_list": [10]})),
        ("land", ("mark", "Land Rover", {"mark_list": [5]})),
        (",fv", ("name", "Бампер", {"part_name": "бампер"})),
        ("бапмер", ("name", "Бампер", {"part_name": "бампер"})),
        ("bamp", ("name", "Бампер", {"part_name": "бампер"})),
    ],
)
def test_what_is_meant_is_suggested(
    services: Both, shop: Shop, text: str, expected: tuple[str, str, dict[str, Any]]
) -> None:
    found = [(item["kind"], item["text"], item["search"]) for item in suggestions(services, text)]
    assert expected in found, found


@pytest.mark.parametrize("text", ["21083-2803015", "21083 2803015", "210832803015", "2108328", "А21R23", "A21R2"])
def test_the_start_of_a_number_is_suggested_as_a_number(services: Both, shop: Shop, text: str) -> None:
    found = suggestions(services, text)
    assert [item["kind"] for item in found][:1] == ["number"], found
    assert list(found[0]["search"]) == ["q"]
    assert service_names(services[0], found[0]["search"]) >= {"Стартер"}


def service_names(service: Service, search: dict[str, Any]) -> set[str]:
    """Return the names of the parts that a search finds."""
    return {part["name"] for part in service.search(**search, per_page=100)["response"]}


def test_more_frequent_names_come_first(services: Both, shop: Shop) -> None:
    counts = [item["count"] for item in suggestions(services, "б", 20) if item["kind"] == "name"]
    assert counts == sorted(counts, reverse=True)
    assert counts


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%E2%80%8B", "limit=5", "limit=", "q&limit"])
def test_nothing_typed_suggests_nothing(services: Both, shop: Shop, query: str) -> None:
    for service in services:
        assert service.ask("GET", f"{SUGGEST}?{query}").content == b'{"suggestions":[]}'


@pytest.mark.parametrize("text", [HIDDEN_WORD, HIDDEN_WORD[:5], "ytdblbv", "nevidimka", "незрим", "98765", "атлант"])
def test_hidden_rows_are_not_suggested(services: Both, shop: Shop, text: str) -> None:
    assert not suggestions(services, text, 20)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("q=" + quote("ё" * 201), ["q"]),
        ("q=a&q=b", ["q"]),
        ("q=a&limit=0", ["limit"]),
        ("q=a&limit=21", ["limit"]),
        ("q=a&limit=-1", ["limit"]),
        ("q=a&limit=ten", ["limit"]),
        ("q=a&limit=1.5", ["limit"]),
        ("q=a&limit=1&limit=1", ["limit"]),
        ("q=a&limit=1e99999999999999999999", ["limit"]),
        ("q=a&page=1&limit=99", ["page", "limit"]),
        ("part_name=a", ["part_name"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_invalid_fields_are_named(services: Both, query: str, fields: list[str]) -> None:
    reported = same_problem(
        services, lambda service: service.ask("GET", f"{SUGGEST}?{query}"), HTTPStatus.UNPROCESSABLE_ENTITY
    )
    assert sorted(invalid_fields(reported)) == sorted(fields)


@pytest.mark.parametrize("query", ["q=%ff", "q=a%00b"])
def test_an_unreadable_query_is_400(services: Both, query: str) -> None:
    same_problem(services, lambda service: service.ask("GET", f"{SUGGEST}?{query}"), HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_405(services: Both, method: str) -> None:
    for service in services:
        answer = service.ask(method, SUGGEST, json.dumps({"q": "ба"}).encode(), Content_Type="application/json")
        problem(answer, HTTPStatus.METHOD_NOT_ALLOWED)
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}
