"""``/openapi.json`` and ``/docs``: complete, and with examples that work."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest

from partsearch.contract.schema import search_schema
from partsearch.contract.text import INVISIBLE, WHITE_SPACE
from tests.contract.asking import SEARCH, Service, found

pytestmark = pytest.mark.usefixtures("known_catalog")

FIELDS = ["mark_name", "mark_list", "model_name", "model_list", "part_name", "producer_country_name"]
FIELDS += ["params", "price_gte", "price_lte", "page"]


@pytest.fixture(scope="module")
def operations(fastapi: Service) -> dict[str, Any]:
    """The operations of the search in the document, by method."""
    answer = fastapi.ask("GET", "/openapi.json")
    assert answer.status_code == HTTPStatus.OK
    described: dict[str, Any] = answer.json()["paths"][SEARCH]
    return described


def test_it_names_every_field(operations: dict[str, Any]) -> None:
    body = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert list(body["properties"]) == FIELDS
    assert body["additionalProperties"] is False
    parameters = [parameter["name"] for parameter in operations["get"]["parameters"]]
    assert [name for name in parameters if not name.startswith("params.")] == [
        name for name in FIELDS if name != "params"
    ]
    assert {"params.color", "params.is_new_part"} <= set(parameters)


def test_its_examples_work(operations: dict[str, Any], service: Service) -> None:
    examples = operations["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) >= 3
    for example in examples.values():
        found(service.post(example["value"]))
    for name, described in search_schema()["properties"].items():
        found(service.post({name: described["examples"][0]}))
    parameters = {parameter["name"]: parameter["example"] for parameter in operations["get"]["parameters"]}
    found(service.get(urlencode(parameters, doseq=True)))


def test_it_names_every_error(operations: dict[str, Any]) -> None:
    assert set(operations["get"]["responses"]) == {"200", "400", "405", "422", "429", "503"}
    assert set(operations["post"]["responses"]) == {"200", "400", "405", "413", "415", "422", "429", "503"}
    for status, response in operations["post"]["responses"].items():
        assert {"X-Engine", "X-Release"} <= set(response["headers"])
        assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
        assert list(response["content"]) == ["application/json" if status == "200" else "application/problem+json"]


def test_its_pattern_for_an_empty_text_is_that_of_the_search() -> None:
    pattern = search_schema()["properties"]["page"]["anyOf"][1]["pattern"]
    blank = {chr(code) for code in range(0x110000) if re.fullmatch(pattern, chr(code))}
    not_seen = {chr(code) for code in range(0x10000) if re.fullmatch(f"[{INVISIBLE}]", chr(code))}
    assert blank == not_seen.union(WHITE_SPACE)


def test_a_person_can_read_it(fastapi: Service) -> None:
    page = fastapi.ask("GET", "/docs")
    assert page.status_code == HTTPStatus.OK
    assert page.headers["Content-Type"].startswith("text/html")
    assert "/openapi.json" in page.text
