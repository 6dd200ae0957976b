"""``/part/17/`` of the Django service."""

from http import HTTPStatus
from typing import Any

import orjson
import psycopg
import pytest

from tests.conftest import truncate_catalog
from tests.support.catalog_data import KNOWN_CATALOG, LARGEST_ID

_WITH_MICROSECONDS, _WITHOUT_MICROSECONDS = 500_001, 500_002


@pytest.fixture(scope="module", autouse=True)
def known(migrated_database: str) -> None:
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    with psycopg.connect(migrated_database) as connection:
        for number, added in ((_WITH_MICROSECONDS, "02:00:00.123456+00"), (_WITHOUT_MICROSECONDS, "05:00:00+03")):
            connection.execute(
                "INSERT INTO part (id, name, mark_id, model_id, price, created_at) VALUES (%s, 'Фара', 1, 10, 1, %s)",
                [number, f"2026-11-27T{added}"],
            )


def get(path: str, method: str = "get") -> Any:
    from django.test import Client

    return getattr(Client(SERVER_NAME="localhost"), method)(path)


def test_a_part_is_as_in_a_search_with_its_times() -> None:
    answer = get("/part/100/")
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "application/json"
    part = orjson.loads(answer.content)
    (found,) = get("/search/part/?part_name=бампер передний&model_list=10").json()["response"]
    assert list(part) == [*found, "created_at", "updated_at"]
    assert part["updated_at"].startswith("20")
    assert {key: part[key] for key in found} == found


@pytest.mark.parametrize(
    ("part_id", "created_at"),
    [
        (_WITH_MICROSECONDS, "2026-11-27T02:00:00.123456Z"),
        (_WITHOUT_MICROSECONDS, "2026-11-27T02:00:00.000000Z"),
    ],
)
def test_a_time_is_in_utc_to_the_microsecond(part_id: int, created_at: str) -> None:
    assert get(f"/part/{part_id}/").json()["created_at"] == created_at


def test_one_statement_reads_a_part() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        assert get(f"/part/{LARGEST_ID}/").status_code == HTTPStatus.OK
    assert len(captured) == 1  # the part with its mark and model


@pytest.mark.parametrize("part_id", [135, 142, 149], ids=["hidden part", "hidden model", "hidden mark"])
def test_what_is_hidden_is_not_found(part_id: int) -> None:
    answer = get(f"/part/{part_id}/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "written", ["0", "-1", "1000000", "9223372036854775808", "9" * 400, "0100", "100.0", "abc", "١٠٠"]
)
def test_no_other_address_is_a_part(written: str) -> None:
    assert get(f"/part/{written}/").status_code == HTTPStatus.NOT_FOUND


def test_an_address_of_a_part_takes_no_fields() -> None:
    answer = get("/part/100/?page=1")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"] == [{"field": "page", "message": "is not a field of the part"}]


def test_only_get_and_head_are_answered() -> None:
    answer = get("/part/100/", "post")
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.headers["Allow"] == "GET, HEAD"
    assert get("/part/100/", "head").content == b""
