"""The times of a part are kept by the database, and its quality is what ranks it."""

import json
from datetime import datetime
from typing import Any

import psycopg
import pytest

_PART = "INSERT INTO part (name, mark_id, model_id, price) VALUES ('Фара', 1, 1, 10) RETURNING created_at, updated_at"


@pytest.fixture
def connection(empty_catalog: str) -> "psycopg.Connection[tuple[datetime, datetime]]":
    connection = psycopg.connect(empty_catalog, autocommit=True)
    connection.execute("INSERT INTO mark (id, name) VALUES (1, 'Kia')")
    connection.execute("INSERT INTO model (id, name, mark_id) VALUES (1, 'Rio', 1)")
    return connection


def times(connection: "psycopg.Connection[tuple[datetime, datetime]]") -> tuple[datetime, datetime]:
    row = connection.execute("SELECT created_at, updated_at FROM part").fetchone()
    assert row
    return row


def test_a_change_moves_only_updated_at(connection: "psycopg.Connection[tuple[datetime, datetime]]") -> None:
    created = connection.execute(_PART).fetchone()
    assert created
    connection.execute("UPDATE part SET price = 11, created_at = '2000-01-01', updated_at = '2000-01-01'")
    assert times(connection)[0] == created[0]
    assert times(connection)[1] > created[1]


def test_an_update_that_changes_nothing_moves_nothing(
    connection: "psycopg.Connection[tuple[datetime, datetime]]",
) -> None:
    created = connection.execute(_PART).fetchone()
    connection.execute("UPDATE part SET price = 10, updated_at = now()")
    assert times(connection) == created


@pytest.mark.parametrize(
    ("data", "quality"),
    [
        ({}, 1),
        ({"count": None}, 1),
        ({"count": 0}, 0),
        ({"count": 0.5}, 1),
        ({"count": -1}, 0),
        ({"count": "5"}, 0),
        ({"count": True}, 0),
        ({"photo": ""}, 1),
        ({"photo": " \t"}, 1),
        ({"photo": "\u00a0\u200b\ufeff\u3000"}, 1),
        ({"photo": "фото"}, 3),
        ({"photo": "https://example.org/1.jpg"}, 3),
        ({"photo": [], "count": 0}, 0),
        ({"photo": ["a"], "count": 0}, 2),
        ({"photo": 5}, 1),
    ],
)
def test_a_photo_and_the_stock_make_the_quality(
    connection: "psycopg.Connection[tuple[datetime, datetime]]", data: dict[str, object], quality: int
) -> None:
    row: Any = connection.execute("SELECT partsearch_quality(%s::jsonb)", [json.dumps(data)]).fetchone()
    assert row == (quality,)
