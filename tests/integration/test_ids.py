"""Explicit ids leave the sequences behind; the inserts of partsearch succeed all the same."""

from typing import Any

import psycopg
import pytest

from partsearch.cli.generate import generate
from tests.integration.price_lists import SmallList, counts
from tests.support.catalog_data import KNOWN_CATALOG
from tests.support.doctor import result_of

pytestmark = pytest.mark.usefixtures("empty_catalog")

_LARGE = 3_000_000


def insert_explicit_ids(conninfo: str, first: int, number: int = 1) -> None:
    """Insert marks, models and parts with explicit ids, as a dump of rows alone does."""
    ids = {"first": first, "last": first + number - 1}
    series = "FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS id"
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"INSERT INTO mark (id, name) SELECT id, 'Mark ' || id {series}".encode(), ids)
        connection.execute(f"INSERT INTO model (id, name, mark_id) SELECT id, 'Model', id {series}".encode(), ids)
        connection.execute(
            f"INSERT INTO part (id, name, mark_id, model_id, price) SELECT id, 'Part', id, id, 1 {series}".encode(), ids
        )


def highest_ids(conninfo: str) -> tuple[int, ...]:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(
            "SELECT (SELECT max(id) FROM mark), (SELECT max(id) FROM model), (SELECT max(id) FROM part)"
        ).fetchone()
    assert row
    return tuple(row)


@pytest.mark.parametrize("first", [1, 7, _LARGE])
def test_generate_and_import_skip_explicit_ids(first: int, migrated_database: str, tmp_path: Any) -> None:
    insert_explicit_ids(migrated_database, first)
    generate(50, 1)
    assert highest_ids(migrated_database)[2] == first + 50
    insert_explicit_ids(migrated_database, max(highest_ids(migrated_database)) + 1, 2)
    before = highest_ids(migrated_database)
    assert counts(SmallList(tmp_path)("BMW;5 E34;Фара;70;1", "ABC;D;Капот;300;2")) == (2, 0, 0, 0)
    assert highest_ids(migrated_database)[2] == before[2] + 2


def test_a_sequence_does_not_jump_to_an_id_out_of_its_reach(migrated_database: str) -> None:
    KNOWN_CATALOG.insert(migrated_database)
    generate(5, 1)
    with psycopg.connect(migrated_database) as connection:
        rows = connection.execute("SELECT id FROM part WHERE name LIKE '%' ORDER BY id DESC LIMIT 7").fetchall()
    assert sum(row[0] < 2**40 for row in rows) >= 5


def test_a_sequence_that_is_ahead_is_not_changed(migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as connection:
        connection.execute("ALTER SEQUENCE part_id_seq RESTART WITH 2000")
    insert_explicit_ids(migrated_database, 1)
    generate(3, 1)
    assert highest_ids(migrated_database)[2] == 2002


def test_explicit_ids_inserted_during_generate_do_not_make_it_fail(
    migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partsearch.catalog.generation import through_orm

    add_cars = through_orm.add_cars
    attempts = []

    def add_cars_meanwhile(marks: Any) -> Any:
        attempts.append(marks)
        if len(attempts) == 1:
            insert_explicit_ids(migrated_database, 1, 400)
        return add_cars(marks)

    monkeypatch.setattr(through_orm, "add_cars", add_cars_meanwhile)
    generate(20, 1)
    assert len(attempts) == 2
    assert highest_ids(migrated_database)[2] == 420


@pytest.mark.parametrize("table", ["mark", "model", "part"])
def test_the_admin_adds_a_row_if_the_sequence_is_behind(table: str, migrated_database: str) -> None:
    from django.contrib.auth.models import User
    from django.test import Client

    insert_explicit_ids(migrated_database, 1, 3)
    staff, _ = User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    form = {"name": "New", "mark": 1, "model": 1, "price": 5, "json_data": "{}", "is_visible": "on"}
    added = client.post(f"/admin/catalog/{table}/add/", form, headers={"host": "localhost"})
    assert added.status_code == 302, added.content
    assert max(highest_ids(migrated_database)) == 4


def test_doctor_reports_sequences_that_are_behind_and_how_to_correct_them(migrated_database: str) -> None:
    from partsearch.database.doctor import check_database
    from partsearch.settings import settings

    assert not [result for result in check_database(settings()) if result.subject == "ids"]
    insert_explicit_ids(migrated_database, 1, 3)
    result = result_of(list(check_database(settings())), "ids")
    assert "the sequence of part is at 0, and its ids go up to 3" in result.text
    assert result.is_advice
    statement = result.next_step.partition("Run ")[2].partition(";")[0]
    with psycopg.connect(migrated_database) as connection:
        connection.execute(statement.encode())
    assert not [result for result in check_database(settings()) if result.subject == "ids"]
