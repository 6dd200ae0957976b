"""``/mark/`` and ``/model/``: the shown marks and models."""

from http import HTTPStatus
from typing import Any

import pytest

from tests.contract.asking import Service, invalid_fields, problem
from tests.support.catalog_data import LARGEST_ID, Catalog

pytestmark = pytest.mark.usefixtures("known_catalog")

HIDDEN_MARK = 3


def rows(service: Service, path: str) -> list[dict[str, Any]]:
    """Return the rows of a list, which must have the form of the contract."""
    answer = service.ask("GET", path)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "application/json"
    assert b"\\u" not in answer.content
    listed = answer.json()
    assert set(listed) == {"response", "count"}
    assert listed["count"] == len(listed["response"])
    return sorted(listed["response"], key=lambda row: row["id"])


def test_marks(django: Service, known_catalog: Catalog) -> None:
    assert rows(django, "/mark/") == [
        {"id": mark.id, "name": mark.name, "producer_country_name": mark.producer_country_name}
        for mark in known_catalog.marks
        if mark.id != HIDDEN_MARK
    ]


def models_of(catalog: Catalog, *mark_ids: int) -> list[dict[str, Any]]:
    return [
        {"id": model.id, "name": model.name, "mark_id": model.mark_id}
        for model in catalog.models
        if model.is_visible and model.mark_id in mark_ids
    ]


@pytest.mark.parametrize("query", ["", "?", "?mark_id=", "?mark_id=%20"])
def test_models(django: Service, known_catalog: Catalog, query: str) -> None:
    shown = [mark.id for mark in known_catalog.marks if mark.id != HIDDEN_MARK]
    assert rows(django, f"/model/{query}") == models_of(known_catalog, *shown)


@pytest.mark.parametrize(
    ("mark_id", "found"),
    [
        ("1", 1),
        ("1.0", 1),
        ("+1", 1),
        (str(LARGEST_ID), LARGEST_ID),
        *(
            (none, 0)
            for none in ("3", "99", "0", "-1", str(2**63), "9" * 5000, "1e999999999", "1e99999999999999999999")
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_models_of_a_mark(django: Service, known_catalog: Catalog, mark_id: str, found: int) -> None:
    assert rows(django, f"/model/?mark_id={mark_id}") == models_of(known_catalog, found)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/model/?mark_id=x", ["mark_id"]),
        ("/model/?mark_id=1.5", ["mark_id"]),
        ("/model/?mark_id=true", ["mark_id"]),
        ("/model/?mark_id=1&mark_id=1", ["mark_id"]),
        ("/model/?mark=1&page=2", ["mark", "page"]),
        ("/model/?page=2&mark_id=x&mark_id=y", ["page", "mark_id", "mark_id"]),
        ("/mark/?mark_id=1", ["mark_id"]),
        ("/mark/?a=1&b", ["a", "b"]),
    ],
)
def test_invalid_fields(django: Service, path: str, fields: list[str]) -> None:
    assert invalid_fields(problem(django.ask("GET", path), HTTPStatus.UNPROCESSABLE_ENTITY)) == fields


@pytest.mark.parametrize("query", ["mark_id=%ff", "mark_id=%00", "%ff=1"])
def test_unreadable(django: Service, query: str) -> None:
    for path in ("/mark/", "/model/"):
        problem(django.ask("GET", f"{path}?{query}"), HTTPStatus.BAD_REQUEST)
