"""``params`` in a query string: each value is read as JSON and as text, and a part matches either."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import pytest

from tests.conftest import truncate_catalog
from tests.contract.asking import Service, names, problem
from tests.support.catalog_data import Catalog, Mark, Model, Part

ATTRIBUTES = {
    "number": '{"oem": 600947999}',
    "text": '{"oem": "600947999"}',
    "padded": '{"oem": "0600947999", "color": "белый"}',
    "list": '{"oem": [600947999, "600947999"], "is_new_part": [false, "false"]}',
    "exponent": '{"oem": "4E0905999"}',
    "used": '{"is_new_part": false, "color": "белый", "oem": "A1"}',
    "used in words": '{"is_new_part": "FALSE", "color": "белый"}',
    "new": '{"is_new_part": true}',
    "quoted": '{"color": "\\"белый\\"", "a b": "true"}',
    "coloured 5": '{"color": 5, "a b": true}',
    "coloured five": '{"color": "5", "": "-1.50", "k\\"e\\\\y": "7"}',
    "structures": '{"oem": "[1]", "color": "{\\"a\\": 1}", "": -1.5, "k\\"e\\\\y": 7}',
    "long": f'{{"oem": "{"1" * 101}", "side": "1.{"0" * 200}"}}',
    "null": '{"oem": null, "color": "null"}',
}


@pytest.fixture(scope="module", autouse=True)
def catalog(migrated_database: str) -> Iterator[None]:
    truncate_catalog(migrated_database)
    parts = [Part(id_, name, 1, 1, "1", text) for id_, (name, text) in enumerate(ATTRIBUTES.items(), 1)]
    Catalog([Mark(1, "Honda")], [Model(1, "Accord", 1)], parts).insert(migrated_database)
    yield
    truncate_catalog(migrated_database)


def found_by(service: Service, query: str) -> list[str]:
    return names(service.get(quote(query, safe="&=.%")))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("params.oem=600947999", ["number", "text"]),
        ("params.oem=600947999.0", ["number"]),
        ("params.oem= 600947999 ", ["number", "text"]),
        ('params.oem="600947999"', ["text"]),
        ("params.oem=0600947999", ["padded"]),
        ("params.oem=4E0905999", ["exponent"]),
        ("params.oem=4e0905999", ["exponent"]),
        (f"params.oem={'1' * 101}", ["long"]),
        ("params.is_new_part=false", ["used", "used in words"]),
        ('params.is_new_part="false"', ["used in words"]),
        ("params.is_new_part=False", ["used in words"]),
        ("params.is_new_part=true", ["new"]),
        ("params.is_new_part=false&params.color=белый", ["used", "used in words"]),
        ("params.is_new_part=false&params.color=белый&params.oem=A1", ["used"]),
        ("params.color=белый", ["padded", "used", "used in words"]),
        ('params.color="БЕЛЫЙ"', ["padded", "used", "used in words", "quoted"]),
        ("params.color=5", ["coloured 5", "coloured five"]),
        ("params.color=5.0", ["coloured 5"]),
        ("params.a b=true", ["quoted", "coloured 5"]),
        ("params.a b=true&params.color=5", ["coloured 5"]),
        ("params.a b=TRUE", ["quoted"]),
        ("params.=-1.50", ["coloured five", "structures"]),
        ("params.=-15e-1", ["structures"]),
        ('params.k"e\\y=7', ["coloured five", "structures"]),
        ("params.oem=[1]", ["structures"]),
        ("params.oem=1e101", []),
        ("params.oem=-1e-401", []),
        ("params.oem=1e999999999999", []),
        ("params.oem=[2]", []),
        ('params.color={"a": 1}', ["structures"]),
        ('params.color={"a":1}', []),
    ],
)
def test_a_part_matches_either_reading(service: Service, query: str, expected: list[str]) -> None:
    assert found_by(service, query) == expected


@pytest.mark.parametrize("query", ["params.oem=null", "params.oem=", 'params.oem=" "', "params.oem=\u200b"])
def test_nothing_is_no_filter(service: Service, query: str) -> None:
    assert len(found_by(service, query)) == 10


def test_a_number_too_long_for_a_text_is_a_number(service: Service) -> None:
    assert found_by(service, f"params.oem=600947999.{'0' * 250}") == ["number"]


@pytest.mark.parametrize("value", ["1" * 201, f'"{"a" * 201}"', "[" * 201])
def test_a_value_without_a_valid_reading_is_an_error(service: Service, value: str) -> None:
    result = problem(service.get(f"params.oem={quote(value)}"), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert result["errors"] == [{"field": "params.oem", "message": "must be at most 200 characters long"}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"oem": 600947999}', ["number"]),
        ('{"oem": "600947999"}', ["text"]),
        ('{"is_new_part": false}', ["used"]),
        ('{"is_new_part": "false"}', ["used in words"]),
        ('{"color": 5}', ["coloured 5"]),
        ('{"color": "5"}', ["coloured five"]),
    ],
)
def test_in_a_body_a_value_keeps_its_type(service: Service, body: str, expected: list[str]) -> None:
    assert names(service.post(f'{{"params": {body}}}'.encode())) == expected
