"""The export: all parts that a search finds, the same bytes from both services, read back exactly by the import."""

import json
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.exported_list.part import ExportedPart
from tests.conftest import truncate_catalog
from tests.contract.service_client import (
    Service,
    as_read_from_query,
    invalid_fields,
    problem,
    same_problem,
    to_query,
)
from tests.contract.test_search_random import searches
from tests.support.catalog_data import KNOWN_CATALOG, Catalog, Mark, Model, Part
from tests.support.exported_lists import JSON_DATA, NAMES, as_part, part_as_read, read_list
from tests.support.oracle import answer_of
from tests.support.site import RunningSite

EXPORT = "/search/part/export/"
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
}
each_format = pytest.mark.parametrize("file_format", list(_TYPES))


def export(service: Service, query: str, file_format: str = "jsonl") -> httpx.Response:
    answer = service.ask("GET", f"{EXPORT}?format={file_format}{query and '&'}{query}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in answer.content.splitlines()]


def catalog_key(conninfo: str) -> str:
    with psycopg.connect(conninfo) as connection:
        return str(connection.execute("SELECT key FROM catalog_key").fetchone()[0])  # type: ignore[index]


def expected_ids(catalog: Catalog, search: dict[str, Any]) -> list[int]:
    """Return the ids that the oracle finds on all pages."""
    found: list[int] = []
    page = 1
    while True:
        answer = answer_of(catalog, {**search, "page": page})
        found += [int(part["id"].text) for part in answer["response"]]
        if not answer["response"]:
            return found
        page += 1


@each_format
@pytest.mark.parametrize("query", ["", "part_name=%D0%B1%D0%B0%D0%BC%D0%BF", "mark_list=1&mark_list=3", "price_lte=-0"])
def test_both_services_export_the_same_bytes(
    django: Service, fastapi: Service, known_catalog: Catalog, file_format: str, query: str
) -> None:
    answers = [export(service, query, file_format) for service in (django, fastapi)]
    assert answers[0].content == answers[1].content
    for answer in answers:
        assert answer.headers["Content-Type"] == _TYPES[file_format]
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="partsearch-20')
        assert answer.headers["Content-Disposition"].endswith(f'.{file_format}"')
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Length" not in answer.headers


def test_without_a_format_it_is_csv(service: Service, known_catalog: Catalog) -> None:
    answer = service.ask("GET", EXPORT)
    assert answer.headers["Content-Type"] == _TYPES["csv"]
    assert answer.content == export(service, "", "csv").content


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(search=searches(KNOWN_CATALOG).filter(lambda search: [] not in search.values()))
def test_an_export_has_the_parts_of_all_pages(
    django: Service, fastapi: Service, known_catalog: Catalog, migrated_database: str, search: dict[str, Any]
) -> None:
    search = {name: value for name, value in search.items() if name != "page"}
    key = catalog_key(migrated_database)
    expected = [f"{number}@{key}" for number in expected_ids(known_catalog, as_read_from_query(search))]
    answers = [export(service, to_query(search)) for service in (django, fastapi)]
    assert [line["partsearch_id"] for line in lines(answers[0])] == expected
    assert answers[0].content == answers[1].content


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return a catalog with any names and any json_data."""
    marks = [Mark(number, draw(NAMES)) for number in (1, 2)]
    models = [Model(number, draw(NAMES), draw(st.sampled_from([1, 2]))) for number in (1, 2, 3)]
    parts = []
    for number in range(1, draw(st.integers(2, 30))):
        model = draw(st.sampled_from(models))
        price = str(draw(st.decimals(0, Decimal("9999999999.99"), places=2)))
        parts.append(Part(number, draw(NAMES), model.id, model.mark_id, price, draw(JSON_DATA)))
    return Catalog(marks, models, parts)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(catalog=catalogs())
def test_any_catalog_comes_back_exactly_from_each_format(
    django: Service, fastapi: Service, migrated_database: str, tmp_path: Path, catalog: Catalog
) -> None:
    truncate_catalog(migrated_database)
    catalog.insert(migrated_database)
    expected = [part_as_read(part) for part in stored_parts(migrated_database)]
    for file_format in _TYPES:
        content = export(fastapi, "", file_format).content
        assert content == export(django, "", file_format).content
        path = tmp_path / f"list.{file_format}"
        path.write_bytes(content)
        assert not catalog.parts or list(map(as_part, read_list(path))) == expected


def stored_parts(conninfo: str) -> list[ExportedPart]:
    """Return the parts of the catalog by SQL that is not the service's."""
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute(
            "SELECT part.id || '@' || (SELECT key FROM catalog_key), part.name,"
            " mark.name, model.name, trim_scale(price)::text,"
            " json_data::text FROM part, mark, model"
            " WHERE mark.id = part.mark_id AND model.id = part.model_id ORDER BY part.id"
        )
        return [ExportedPart(*row) for row in rows]


@each_format
def test_an_export_without_parts_is_a_list_without_rows(
    service: Service, known_catalog: Catalog, tmp_path: Path, file_format: str
) -> None:
    content = export(service, "part_name=nothing+at+all", file_format).content
    assert bool(content) == (file_format != "jsonl")


@each_format
def test_head_has_the_headers_and_no_body(service: Service, known_catalog: Catalog, file_format: str) -> None:
    answer = service.ask("HEAD", f"{EXPORT}?format={file_format}")
    assert answer.status_code == HTTPStatus.OK
    assert answer.content == b""
    assert answer.headers["Content-Type"] == _TYPES[file_format]
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("format=ods", ["format"]),
        ("format=csv&format=xlsx", ["format"]),
        ("page=1", ["page"]),
        ("format=pdf&page=2&other=1&price_gte=a", ["page", "format", "other", "price_gte"]),
    ],
)
def test_invalid_fields_are_named_all_at_once(
    django: Service, fastapi: Service, known_catalog: Catalog, query: str, fields: list[str]
) -> None:
    reported = same_problem(
        (django, fastapi), lambda service: service.ask("GET", f"{EXPORT}?{query}"), HTTPStatus.UNPROCESSABLE_ENTITY
    )
    assert invalid_fields(reported) == fields


def test_an_unreadable_query_is_rejected(django: Service, fastapi: Service, known_catalog: Catalog) -> None:
    same_problem((django, fastapi), lambda service: service.ask("GET", f"{EXPORT}?q=%ff"), HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(django: Service, fastapi: Service, known_catalog: Catalog, method: str) -> None:
    same_problem((django, fastapi), lambda service: service.ask(method, EXPORT), HTTPStatus.METHOD_NOT_ALLOWED)
    assert django.ask(method, EXPORT).headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("text", ["x" * 20_000, "\x7f" * 6_000])
def test_a_part_too_long_for_a_workbook_is_named_before_the_first_byte(
    django: Service, fastapi: Service, empty_catalog: str, text: str
) -> None:
    long_text = json.dumps({"description": text})
    Catalog([Mark(1, "a")], [Model(1, "a", 1)], [Part(1, "a", 1, 1, json_data=long_text)]).insert(empty_catalog)
    reported = same_problem(
        (django, fastapi),
        lambda service: service.ask("GET", f"{EXPORT}?format=xlsx"),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    assert "use csv or jsonl" in reported["errors"][0]["message"]
    assert len(lines(export(fastapi, ""))) == 1


@pytest.mark.parametrize("prefix", ["", "/django", "/fastapi"])
def test_nginx_passes_an_export_on(live_site: RunningSite, known_catalog: Catalog, prefix: str) -> None:
    answer = live_site.client.get(f"{live_site.url}{prefix}{EXPORT}?format=jsonl")
    assert answer.headers["X-Engine"] == (prefix.lstrip("/") or "fastapi")
    assert answer.content == live_site.client.get(f"{live_site.django_url}{EXPORT}?format=jsonl").content


def test_an_export_without_the_slash_is_unknown(live_site: RunningSite) -> None:
    for prefix in ("", "/django", "/fastapi"):
        answer = live_site.client.get(f"{live_site.url}{prefix}{EXPORT.rstrip('/')}")
        problem(answer, HTTPStatus.NOT_FOUND)


def test_the_formats_are_those_of_the_document(live_site: RunningSite) -> None:
    document = live_site.client.get(f"{live_site.url}/openapi.json").json()
    described = document["paths"][EXPORT]["get"]
    (file_format,) = (each for each in described["parameters"] if each["name"] == "format")
    assert file_format["schema"]["enum"] == list(ExportFormat)
    assert set(described["responses"]["200"]["content"]) == set(_TYPES.values())
