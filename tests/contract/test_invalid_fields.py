"""422: every invalid field is named, by both services with the same bytes."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.asking import Service, found, invalid_fields, same_problem

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
}
ALIKE = {
    "mark_name": "part_name",
    "model_name": "part_name",
    "producer_country_name": "part_name",
    "model_list": "mark_list",
    "price_lte": "price_gte",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field in [*INVALID, *ALIKE] for value in INVALID[ALIKE.get(field, field)]],
    ids=lambda text: text[:30],
)
def test_an_invalid_value(services: Both, field: str, value: str) -> None:
    body = f'{{"{field}": {value}}}'.encode()
    result = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(result) == [field]


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
def test_invalid_items_of_a_list(services: Both, items: str, fields: list[str]) -> None:
    body = f'{{"mark_list": {items}}}'.encode()
    result = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(result) == fields


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
def test_invalid_params(services: Both, params: str, fields: list[str]) -> None:
    body = f'{{"params": {params}}}'.encode()
    result = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(result) == fields


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
def test_unknown_fields(services: Both, body: str, fields: list[str]) -> None:
    result = same_problem(services, lambda service: service.post(body.encode()), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(result) == fields


def test_all_errors_are_named_at_once(services: Both) -> None:
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
        "pages": 1,
        "colour": None,
    }
    result = same_problem(services, lambda service: service.post(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    expected = ["mark_name", "mark_list.1", "mark_list.2", "model_name", "model_list", "part_name"]
    expected += ["producer_country_name", "params.color", "params.count", "price_gte", "price_lte", "page"]
    assert invalid_fields(result) == [*expected, "pages", "colour"]


def test_the_messages(service: Service) -> None:
    result = service.post({"page": 0, "price_lte": -1, "part_name": "a" * 201, "mark_list": [1] * 1001, "x": 1}).json()
    assert {error["field"]: error["message"] for error in result["errors"]} == {
        "page": "must be between 1 and 1000000",
        "price_lte": "must be between 0 and 9999999999.99",
        "part_name": "must be at most 200 characters long",
        "mark_list": "must hold at most 1000 items",
        "x": "is not a field of the search",
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
def test_an_invalid_query_string(services: Both, query: str, fields: list[str]) -> None:
    result = same_problem(services, lambda service: service.get(query), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert invalid_fields(result) == fields


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
]


@pytest.mark.parametrize("search", LONGEST, ids=lambda search: str(search)[:30])
def test_the_largest_valid_values(service: Service, search: dict[str, Any]) -> None:
    found(service.post(search))


@pytest.mark.parametrize("page", ["1.0", "1e0", "10e-1", "0.1e1", "1.000000000000000000000000000000000000000000"])
def test_every_notation_of_a_whole_number(service: Service, page: str) -> None:
    found(service.post(f'{{"page": {page}, "mark_list": [{page}]}}'.encode()))
    found(service.get(f"page={page}&mark_list={page}"))
