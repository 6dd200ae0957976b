"""Ids that somebody gives by hand leave the counters behind; what partsearch inserts gets in all the same."""

from typing import Any

import psycopg
import pytest

from partsearch.cli.generate import generate
from tests.integration.price_lists import SmallList, counts
from tests.support.catalog_data import KNOWN_CATALOG
from tests.support.doctor import found

pytestmark = pytest.mark.usefixtures("empty_catalog")

_LARGE = 3_000_000


def insert_by_hand(conninfo: str, first: int, number: int = 1) -> None:
    """Marks, models and parts with the same ids, as a dump of rows alone has them."""
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
def test_generating_and_importing_go_past_ids_that_were_given(
    first: int, migrated_database: str, tmp_path: Any
) -> None:
    insert_by_hand(migrated_database, first)
    generate(50, 1)
    assert highest_ids(migrated_database)[2] == first + 50
    insert_by_hand(migrated_database, max(highest_ids(migrated_database)) + 1, 2)
    given = highest_ids(migrated_database)
    assert counts(SmallList(tmp_path)("BMW;5 E34;Фара;70;1", "ABC;D;Капот;300;2")) == (2, 0, 0, 0)
    assert highest_ids(migrated_database)[2] == given[2] + 2


def test_no_id_is_wasted_on_one_that_no_counter_reaches(migrated_database: str) -> None:
    KNOWN_CATALOG.insert(migrated_database)
    generate(5, 1)
    with psycopg.connect(migrated_database) as connection:
        rows = connection.execute("SELECT id FROM part WHERE name LIKE '%' ORDER BY id DESC LIMIT 7").fetchall()
    assert sum(row[0] < 2**40 for row in rows) >= 5


def test_a_counter_that_is_ahead_stays_there(migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as connection:
        connection.execute("ALTER SEQUENCE part_id_seq RESTART WITH 2000")
    insert_by_hand(migrated_database, 1)
    generate(3, 1)
    assert highest_ids(migrated_database)[2] == 2002


def test_ids_that_are_given_while_rows_are_generated_do_not_end_it(
    migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partsearch.catalog import demo_load

    add_names = demo_load._add_names
    attempts = []

    def disturbed(directory: Any) -> Any:
        attempts.append(directory)
        if len(attempts) == 1:
            insert_by_hand(migrated_database, 1, 400)
        return add_names(directory)

    monkeypatch.setattr(demo_load, "_add_names", disturbed)
    generate(20, 1)
    assert len(attempts) == 2
    assert highest_ids(migrated_database)[2] == 420


@pytest.mark.parametrize("table", ["mark", "model", "part"])
def test_the_admin_adds_a_row_where_the_counter_is_behind(table: str, migrated_database: str) -> None:
    from django.contrib.auth.models import User
    from django.test import Client

    insert_by_hand(migrated_database, 1, 3)
    staff, _ = User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    form = {"name": "New", "mark": 1, "model": 1, "price": 5, "json_data": "{}", "is_visible": "on"}
    added = client.post(f"/admin/catalog/{table}/add/", form, headers={"host": "localhost"})
    assert added.status_code == 302, added.content
    assert max(highest_ids(migrated_database)) == 4


def test_doctor_names_counters_that_are_behind_and_what_helps(migrated_database: str) -> None:
    from partsearch.database.doctor import database_findings
    from partsearch.settings import settings

    assert not [finding for finding in database_findings(settings()) if finding.subject == "ids"]
    insert_by_hand(migrated_database, 1, 3)
    finding = found(list(database_findings(settings())), "ids")
    assert "part numbers on after 0, and has ids up to 3" in finding.text
    assert finding.is_advice
    statement = finding.next_step.partition("Run ")[2].partition(";")[0]
    with psycopg.connect(migrated_database) as connection:
        connection.execute(statement.encode())
    assert not [finding for finding in database_findings(settings()) if finding.subject == "ids"]
