"""An import during and after changes of the same tables by other clients."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from partsearch import price_list
from tests.integration.price_lists import SmallList, counts, parts, tables

pytestmark = pytest.mark.usefixtures("empty_catalog")


@pytest.fixture
def small(tmp_path: Path) -> SmallList:
    return SmallList(tmp_path)


def at_statement(name: str, action: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the next import run ``action`` before a statement."""
    from partsearch.price_list.applying import apply, compare

    def act_first(statement: str, **parameters: Any) -> None:
        if statement == name:
            action()
        run(statement, **parameters)

    run = apply.run
    monkeypatch.setattr(apply, "run", act_first)
    monkeypatch.setattr(compare, "run", act_first)


def test_a_part_deleted_during_the_import_stays_deleted(
    small: SmallList, monkeypatch: pytest.MonkeyPatch, migrated_database: str
) -> None:
    def delete() -> None:
        with psycopg.connect(migrated_database) as other:
            other.execute("DELETE FROM part WHERE name = 'Капот'")

    price_list.run(small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2"))
    at_statement("lock_parts", delete, monkeypatch)
    price_list.run(small("BMW;5 E34;Фара;71;1", "BMW;5 E34;Капот;301;2"))
    assert [(part["name"], str(part["price"])) for part in parts()] == [("Фара", "71.00")]


def test_a_part_cannot_be_deleted_while_it_is_written(
    small: SmallList, monkeypatch: pytest.MonkeyPatch, migrated_database: str
) -> None:
    tried = []

    def try_to_delete() -> None:
        with (
            psycopg.connect(migrated_database, options="-c lock_timeout=100") as other,
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            other.execute("DELETE FROM part")
        tried.append(1)

    price_list.run(small("BMW;5 E34;Фара;70;1"))
    at_statement("write_changed", try_to_delete, monkeypatch)
    assert counts(small("BMW;5 E34;Фара;71;1")) == (0, 1, 0, 0)
    assert tried


def test_two_imports_at_once_create_a_mark_once(small: SmallList) -> None:
    from django.db import connection, transaction

    from partsearch.catalog.loading import lock_catalog
    from partsearch.catalog.models import Mark

    path = small("BMW;5 E34;Фара;70;1")

    def import_in_its_own_connection() -> None:
        price_list.run(path)
        connection.close()

    other = threading.Thread(target=import_in_its_own_connection)
    with transaction.atomic():
        lock_catalog()
        Mark.objects.create(name="BMW")
        other.start()
        other.join(timeout=1)
        assert other.is_alive()
    other.join(timeout=20)
    assert [mark["name"] for mark in tables()["Mark"]] == ["BMW"]
    assert len(parts()) == 1


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM part WHERE name = 'Фара'", "DELETE FROM part", "TRUNCATE part", "TRUNCATE part, model, mark"],
)
def test_a_deleted_part_is_imported_again(statement: str, small: SmallList, migrated_database: str) -> None:
    path = small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2")
    price_list.run(path)
    with psycopg.connect(migrated_database) as connection:
        connection.execute(statement)
    left = parts()
    assert [row["part_id"] for row in tables()["PriceListPart"]] == [part["id"] for part in left]
    assert counts(path) == (2 - len(left), 0, len(left), 0)
    assert sorted(part["name"] for part in parts()) == ["Капот", "Фара"]


def test_a_part_that_gets_another_id_keeps_its_origin(small: SmallList, migrated_database: str) -> None:
    price_list.run(small("BMW;5 E34;Фара;70;1"))
    with psycopg.connect(migrated_database) as connection:
        connection.execute("UPDATE part SET id = id + 1000000")
    assert counts(small("BMW;5 E34;Фара;60;1")) == (0, 1, 0, 0)
    assert [str(part["price"]) for part in parts()] == ["60.00"]
