"""422: both services name every invalid field of a readable request with the same messages."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.service_client import Service, invalid_fields, same_problem, search_result

Both = tuple[Service, Service]

HUGE = "9" * 5000
INVALID = {
    "part_name": [*"123", "0.5", "true", "false", "[]", "{}", '["a"]', '"' + "a" * 201 + '"', '"' + "😀" * 201 + '"'],
    "mark_list": ["1", '"1"', "true", "{}", '"abc"', "[" + ",".join(["1"] * 1001) + "]"],
    "params": ["1", '"color"', "true", "[]", "[1]", '[{"color": "red"}]'],
    "price_gte": [
        *("-1", "-0.01", "-1e-999999", "9999999999.991", "10000000000", "1e10", HUGE, f"-{HUGE}"),
        *("1e999999999", "1e99999999999999999999", "-1e99999999999999999999", "-1e-99999999999999999999"),
        *('"5"', '"abc"', "true", "[1]", "{}"),
    ],
    "page": [
        *("0", "-1", "-0", "-0.0", "1.5", "0.5", "1000001", "1e7", HUGE, f"-{HUGE}"),
        *("1e999999999", "1e-999999999", "1e99999999999999999999", "1e-99999999999999999999"),
        *("0.99999999999999999999999999999999999", "1.00000000000000000000000000000000001"),
        *("123456789012345678901234567890123.0", '"1"', "true", "false", "[1]", "{}"),
    ],
    "per_page": ["0", "-1", "-0.0", "1.5", "101", "1e3", HUGE, "1e999999999", '"10"', "true", "[10]", "{}"],
    "sort": ['"name"', '"ID"', '"+price"', '"price,id"', '"-relevance"', "1", "true", "[]", '["id"]', "{}"],
    "highlight": ["1", "0", '"1"', '"true"', '"yes"', "[]", "[true]", "{}"],
    "facets": ['"mark"', "1", "true", "{}", json.dumps([f"params.k{number}" for number in range(11)])],
}
SAME_AS = {
    "q": "part_name",
    "mark_name": "part_name",
    "model_name": "part_name",
    "producer_country_name": "part_name",
    "model_list": "mark_list",
    "price_lte": "price_gte",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field in [*INVALID, *SAME_AS] for value in INVALID[SAME_AS.get(field, field)]],
    ids=lambda text: text[:30],
)
def test_an_invalid_value_is_422(services: Both, field: str, value: str) -> None:
    body = f'{{"{field}": {value}}}'.encode()
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == [field]


@pytest.mark.parametrize(
    ("items", "fields"),
    [
        ('[1, "2", 3]', ["mark_list.1"]),
        ("[null]", ["mark_list.0"]),
        ('[""]', ["mark_list.0"]),
        ("[1.5, true, [], {}, 2, 1e-5]", [f"mark_list.{position}" for position in (0, 1, 2, 3, 5)]),
        ("[" + ",".join(['"x"'] * 1000) + "]", [f"mark_list.{position}" for position in range(1000)]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_invalid_items_of_a_list_are_named(services: Both, items: str, fields: list[str]) -> None:
    body = f'{{"mark_list": {items}}}'.encode()
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == fields


@pytest.mark.parametrize(
    ("items", "fields"),
    [
        ('["mark", "year", "price"]', ["facets.1"]),
        ('["Mark", "marks", "", "params", "params.", "params. "]', [f"facets.{position}" for position in range(6)]),
        ('[null, 1, true, [], {}, "color"]', [f"facets.{position}" for position in range(5)]),
        ('["mark\\u200b"]', ["facets.0"]),
        (f'["params.{"k" * 194}"]', ["facets.0"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unknown_facets_are_named(services: Both, items: str, fields: list[str]) -> None:
    body = f'{{"facets": {items}}}'.encode()
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == fields


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ('{"color": ["a"]}', ["params.color"]),
        ('{"color": {}, "count": 1, "x": []}', ["params.color", "params.x"]),
        ('{"a.b": [1]}', ["params.a.b"]),
        ('{"": []}', ["params"]),
        (f'{{"color": "{"a" * 201}"}}', ["params.color"]),
        (f'{{"{"k" * 201}": 1}}', ["params." + "k" * 200]),
        (f'{{"{"k" * 201}": null}}', ["params." + "k" * 200]),
        ('{"x": 1e9999999, "y": -1e9999999, "z": 1e99999999999999999999}', ["params.x", "params.y", "params.z"]),
        ('{"x": 1e-9999999, "y": -1e-9999999, "z": 1e-99999999999999999999}', ["params.x", "params.y", "params.z"]),
        (f'{{"x": {HUGE}, "y": -{HUGE}}}', ["params.x", "params.y"]),
        (json.dumps({f"key{number}": 1 for number in range(21)}), ["params"]),
        (json.dumps({f"key{number}": None for number in range(21)}), ["params"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_params_are_named(services: Both, params: str, fields: list[str]) -> None:
    body = f'{{"params": {params}}}'.encode()
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == fields


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('{"colour": "red"}', ["colour"]),
        ('{"Page": 1}', ["Page"]),
        ('{" page": 1}', [" page"]),
        ('{"": null}', [""]),
        ('{"__proto__": {}, "марка": "Honda", "id": 5}', ["__proto__", "марка", "id"]),
        (f'{{"{"x" * 300}": 1}}', ["x" * 200]),
        ('{"summ": null}', ["summ"]),
        ('{"params.color": "a"}', ["params.color"]),
        ('{"offset": 0, "limit": 1000000, "order_by": "price"}', ["offset", "limit", "order_by"]),
        ('{"unknown": ' + "[" * 99 + "]" * 99 + ', "x": []}', ["unknown", "x"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unknown_fields_are_named(services: Both, body: str, fields: list[str]) -> None:
    reported = same_problem(services, lambda service: service.post(body.encode()), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == fields


def test_every_error_is_reported_at_once(services: Both) -> None:
    body = {
        "mark_name": 1,
        "mark_list": [1, "x", 2.5],
        "model_name": "m" * 201,
        "model_list": "1,2",
        "part_name": True,
        "producer_country_name": [],
        "params": {"color": [], "ok": 1, "count": {}},
        "price_gte": -1,
        "price_lte": "much",
        "page": 0,
        "q": ["бампер"],
        "sort": "cheap",
        "facets": ["mark", "year"],
        "highlight": 1,
        "per_page": 101,
        "pages": 1,
        "colour": None,
    }
    reported = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    expected = ["mark_name", "mark_list.1", "mark_list.2", "model_name", "model_list", "part_name"]
    expected += ["producer_country_name", "params.color", "params.count", "price_gte", "price_lte", "page"]
    expected += ["q", "sort", "facets.1", "highlight", "per_page"]
    assert invalid_fields(reported) == [*expected, "pages", "colour"]


def test_messages_state_the_limit(service: Service) -> None:
    reported = service.post(
        {
            "page": 0,
            "price_lte": -1,
            "part_name": "a" * 201,
            "mark_list": [1] * 1001,
            "x": 1,
            "per_page": 0,
            "sort": "name",
            "highlight": "1",
            "facets": ["x", 1],
        }
    ).json()
    assert {error["field"]: error["message"] for error in reported["errors"]} == {
        "page": "must be between 1 and 1000000",
        "price_lte": "must be between 0 and 9999999999.99",
        "part_name": "must be at most 200 characters long",
        "mark_list": "must hold at most 1000 items",
        "x": "is not a field of the search",
        "per_page": "must be between 1 and 100",
        "sort": "must be one of: id, relevance, price, -price, -created",
        "highlight": "must be true or false",
        "facets.0": "must be one of: mark, model, country, name, price, color, is_new_part, params.KEY",
        "facets.1": "must be a text",
    }


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("page=0", ["page"]),
        ("page=1.5", ["page"]),
        ("page=one", ["page"]),
        ("page=true", ["page"]),
        ("page=%221%22", ["page"]),
        ("page=01", ["page"]),
        ("page=0x1", ["page"]),
        ("page=%D9%A1", ["page"]),
        ("page=1_000", ["page"]),
        ("page=1000001", ["page"]),
        (f"page={HUGE}", ["page"]),
        ("page=1e999999999", ["page"]),
        ("price_gte=-0.01", ["price_gte"]),
        ("price_gte=NaN", ["price_gte"]),
        ("price_gte=Infinity", ["price_gte"]),
        ("price_gte=1,5", ["price_gte"]),
        ("price_lte=1e99999999999999999999", ["price_lte"]),
        ("mark_list=1,3", ["mark_list.0"]),
        ("mark_list=1&mark_list=x&mark_list=2.5", ["mark_list.1", "mark_list.2"]),
        ("mark_list=[1,3]", ["mark_list.0"]),
        ("&".join(["mark_list=1"] * 1001), ["mark_list"]),
        ("part_name=" + "a" * 201, ["part_name"]),
        ("q=" + quote("ё" * 201), ["q"]),
        ("q=a&q=b", ["q"]),
        ("sort=name", ["sort"]),
        ("sort=%2Bprice", ["sort"]),
        ("sort=id&sort=id", ["sort"]),
        ("facets=mark&facets=year", ["facets.1"]),
        ("facets=mark,price", ["facets.0"]),
        ("&".join(f"facets=params.k{number}" for number in range(11)), ["facets"]),
        ("highlight=1", ["highlight"]),
        ("highlight=True", ["highlight"]),
        ("highlight=true&highlight=true", ["highlight"]),
        ("per_page=0", ["per_page"]),
        ("per_page=101", ["per_page"]),
        ("per_page=ten", ["per_page"]),
        ("per_page=10&per_page=10", ["per_page"]),
        ("part_name=" + quote("ё" * 201), ["part_name"]),
        ("params.color=" + "a" * 201, ["params.color"]),
        ("params." + "k" * 201 + "=1", ["params." + "k" * 200]),
        ("&".join(f"params.k{number}=1" for number in range(21)), ["params"]),
        ("params=color", ["params"]),
        ("params=", ["params"]),
        ("params%5Bcolor%5D=red", ["params[color]"]),
        ("colour=red", ["colour"]),
        ("colour=", ["colour"]),
        ("=1", [""]),
        ("mark_list[]=1", ["mark_list[]"]),
        ("page=1&page=1", ["page"]),
        ("page=&page=2", ["page"]),
        ("part_name=a&part_name=b", ["part_name"]),
        ("params.color=a&params.color=a", ["params.color"]),
        ("page=0&page=1", ["page", "page"]),
        ("page=2&page=3&params=z&price_gte=x&mark_list=y&a=1", ["page", "params", "price_gte", "mark_list.0", "a"]),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_invalid_fields_of_a_query_string_are_named(services: Both, query: str, fields: list[str]) -> None:
    reported = same_problem(services, lambda service: service.get(query), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(reported) == fields


LONGEST: list[dict[str, Any]] = [
    {"part_name": "я" * 200},
    {"part_name": "😀" * 200},
    {"producer_country_name": "a" * 200},
    {"mark_list": list(range(1000))},
    {"model_list": [2**63 - 1] * 1000},
    {"params": {f"key{number}": number for number in range(20)}},
    {"params": {"k" * 200: "v" * 200}},
    {"price_gte": 0, "price_lte": 9999999999.99},
    {"page": 1_000_000},
    {"page": 1_000_000, "per_page": 100},
    {"facets": [f"params.{number}" * 20 for number in range(10)]},
    {"facets": ["params." + "k" * 193]},
]


@pytest.mark.parametrize("search", LONGEST, ids=lambda search: str(search)[:30])
def test_the_largest_allowed_values_are_accepted(service: Service, search: dict[str, Any]) -> None:
    search_result(service.post(search))


@pytest.mark.parametrize("page", ["1.0", "1e0", "10e-1", "0.1e1", "1.000000000000000000000000000000000000000000"])
def test_a_whole_number_is_accepted_in_any_notation(service: Service, page: str) -> None:
    search_result(service.post(f'{{"page": {page}, "mark_list": [{page}]}}'.encode()))
    search_result(service.get(f"page={page}&mark_list={page}"))
