"""``/openapi.json`` and ``/docs``: they describe every field and error, and their examples work."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema_rs import Draft202012Validator

from partsearch.contract.schema import search_schema
from partsearch.contract.text.normalized import INVISIBLE, WHITE_SPACE
from tests.contract.service_client import SEARCH, Service, search_result

pytestmark = pytest.mark.usefixtures("known_catalog")

FIELDS = ["mark_name", "mark_list", "model_name", "model_list", "part_name", "producer_country_name"]
FIELDS += ["params", "price_gte", "price_lte", "page", "q", "sort", "facets", "highlight", "per_page"]


@pytest.fixture(scope="module")
def operations(fastapi: Service) -> dict[str, Any]:
    """Return the operations of the search by method."""
    answer = fastapi.ask("GET", "/openapi.json")
    assert answer.status_code == HTTPStatus.OK
    described: dict[str, Any] = answer.json()["paths"][SEARCH]
    return described


def test_every_field_is_described(operations: dict[str, Any]) -> None:
    body = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert list(body["properties"]) == FIELDS
    assert body["additionalProperties"] is False
    parameters = [parameter["name"] for parameter in operations["get"]["parameters"]]
    assert [name for name in parameters if not name.startswith("params.")] == [
        name for name in FIELDS if name != "params"
    ]
    assert {"params.color", "params.is_new_part"} <= set(parameters)


def test_every_example_is_a_valid_search(operations: dict[str, Any], service: Service) -> None:
    examples = operations["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) >= 3
    for example in examples.values():
        search_result(service.post(example["value"]))
    for name, described in search_schema()["properties"].items():
        search_result(service.post({name: described["examples"][0]}))
    parameters = {parameter["name"]: parameter["example"] for parameter in operations["get"]["parameters"]}
    parameters = {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}
    search_result(service.get(urlencode(parameters, doseq=True)))


def test_every_error_is_described(operations: dict[str, Any]) -> None:
    assert set(operations["get"]["responses"]) == {"200", "400", "405", "422", "429", "503"}
    assert set(operations["post"]["responses"]) == {"200", "400", "405", "413", "415", "422", "429", "503"}
    for status, response in operations["post"]["responses"].items():
        assert {"X-Engine", "X-Release"} <= set(response["headers"])
        assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
        assert list(response["content"]) == ["application/json" if status == "200" else "application/problem+json"]


def test_the_new_fields_have_their_types(operations: dict[str, Any]) -> None:
    properties = operations["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    types = {name: properties[name]["anyOf"][0] for name in FIELDS}
    assert types["sort"]["enum"] == ["id", "relevance", "price", "-price", "-created"]
    assert (types["per_page"]["minimum"], types["per_page"]["maximum"]) == (1, 100)
    assert types["highlight"]["type"] == "boolean"
    assert (types["facets"]["type"], types["facets"]["maxItems"]) == ("array", 10)
    assert (types["q"]["type"], types["q"]["maxLength"]) == ("string", 200)


def test_suggestions_and_one_part_are_described(fastapi: Service) -> None:
    paths = fastapi.ask("GET", "/openapi.json").json()["paths"]
    assert {"get"} <= set(paths["/suggest/"])
    (part,) = (path for name, path in paths.items() if name.startswith("/part/"))
    assert {"200", "404"} <= set(part["get"]["responses"])
    limit = next(item for item in paths["/suggest/"]["get"]["parameters"] if item["name"] == "limit")
    numbers = [limit["schema"], *limit["schema"].get("anyOf", [])]
    assert {"minimum": 1, "maximum": 20}.items() <= next(item for item in numbers if "minimum" in item).items()


def test_every_answer_fits_the_described_schema(operations: dict[str, Any], service: Service) -> None:
    """What the new fields add to an answer is described too."""
    schema = operations["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema)
    facets = ["mark", "model", "country", "name", "price", "color", "is_new_part", "params.count"]
    for search in (
        {},
        {"q": "бампер чёрный honda", "facets": facets, "highlight": True, "per_page": 100},
        {"q": "такого нет", "facets": facets},
        {"facets": facets, "params": {"count": 4}, "mark_list": [2]},
    ):
        validator.validate(service.post(search).json())
    assert {"understood", "facets"} <= set(schema["properties"])


def test_the_pattern_of_blank_text_matches_what_the_code_ignores() -> None:
    pattern = search_schema()["properties"]["page"]["anyOf"][1]["pattern"]
    blank = {chr(code) for code in range(0x110000) if re.fullmatch(pattern, chr(code))}
    not_seen = {chr(code) for code in range(0x10000) if re.fullmatch(f"[{INVISIBLE}]", chr(code))}
    assert blank == not_seen.union(WHITE_SPACE)


def test_the_docs_page_is_html(fastapi: Service) -> None:
    page = fastapi.ask("GET", "/docs")
    assert page.status_code == HTTPStatus.OK
    assert page.headers["Content-Type"].startswith("text/html")
    assert "/openapi.json" in page.text
