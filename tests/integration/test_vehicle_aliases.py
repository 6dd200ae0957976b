"""The aliases of marks and models in the database: shipped, edited, and used by an import."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from partsearch import price_list
from partsearch.catalog.vehicle_names import AliasUse, VehicleMark, VehicleName, vehicle_marks, vehicle_names
from tests.integration.price_lists import SmallList, parts, tables, write_list

_ROWS = "SELECT id, xmin, ctid, vehicle_alias.* FROM vehicle_alias ORDER BY id"


@pytest.fixture
def aliases(empty_catalog: str) -> Iterator[Any]:
    """Yield the rows; afterwards they are as shipped again."""
    from partsearch.catalog.vehicle_alias import VehicleAlias

    yield VehicleAlias.objects
    VehicleAlias.objects.all().delete()
    sync()


def sync() -> None:
    from partsearch.catalog.vehicle_names.shipped import sync_shipped_aliases

    sync_shipped_aliases()


def stored() -> list[VehicleName]:
    from partsearch.catalog.vehicle_names.stored import stored_vehicle_names

    return stored_vehicle_names()


def physical_rows() -> list[Any]:
    """Return the rows with their places: an update that changes nothing moves a row too."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        return cursor.fetchall()


def ship(monkeypatch: pytest.MonkeyPatch, *names: VehicleName, country: str = "Россия") -> None:
    """Make a release of these aliases, and run its migrations."""
    from partsearch.catalog.vehicle_names import shipped

    monkeypatch.setattr(shipped, "vehicle_names", lambda: list(names))
    monkeypatch.setattr(shipped, "vehicle_marks", lambda: [VehicleMark(name.mark, country) for name in names])
    sync()


def test_every_shipped_alias_is_a_row_after_the_migrations(aliases: Any) -> None:
    assert stored() == list(dict.fromkeys(vehicle_names()))
    countries = {row.mark: row.country for row in aliases.filter(model="").exclude(country="")}
    assert countries == {mark.name: mark.country for mark in vehicle_marks()}


def test_a_second_run_changes_no_row(aliases: Any) -> None:
    before = physical_rows()
    sync()
    assert physical_rows() == before


def test_an_import_reads_them_with_one_query(aliases: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        stored()
    assert len(captured) == 1


def test_what_a_user_has_edited_turned_off_or_added_survives_a_release(aliases: Any) -> None:
    meant_otherwise = aliases.get(alias="Мерс", model="")
    meant_otherwise.mark = "Мерсель"
    meant_otherwise.save()
    turned_off = aliases.get(mark="Audi", alias="Audi", model="")
    aliases.filter(pk=turned_off.pk).update(is_active=False)
    stricter = aliases.get(mark="Kia", model="Rio", alias="Rio")
    stricter.use = AliasUse.BESIDE_PARTNER
    stricter.save()
    own = aliases.create(alias="Мерзик", mark="Mercedes-Benz")
    before = {row.pk: row.__dict__ for row in aliases.filter(pk__in=[meant_otherwise.pk, turned_off.pk, stricter.pk])}
    count = aliases.count()
    sync()
    assert aliases.count() == count
    for row in aliases.filter(pk__in=before):
        assert (row.mark, row.use, row.is_active) == tuple(before[row.pk][key] for key in ("mark", "use", "is_active"))
    assert not aliases.filter(alias="Мерс", mark="Mercedes-Benz").exists()
    assert aliases.filter(pk=own.pk, alias_key="mepзиk", shipped_key=None).exists()


def test_a_later_release_adds_changes_and_removes_rows_that_nobody_has_edited(
    aliases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, changed = VehicleName("Новая", "", "Новая"), VehicleName("Kia", "Rio", "Rio", AliasUse.BESIDE_PARTNER)
    edited = aliases.get(mark="Kia", model="Rio", alias="Рио")
    aliases.filter(pk=edited.pk).update(use=AliasUse.ALONE, country="Чужая")
    turned_off = aliases.filter(mark="Kia", model="Cerato", alias="Cerato")
    turned_off.update(is_active=False)
    use = turned_off.get().use
    others = VehicleName("Kia", "Rio", "Рио"), VehicleName("Kia", "Cerato", "Cerato", AliasUse.CAPITALS)
    ship(monkeypatch, new, changed, *others)
    rows = {(row.mark, row.model, row.alias, row.use, row.country, row.is_active) for row in aliases.all()}
    assert rows == {
        ("Новая", "", "Новая", AliasUse.BY_RULE, "Россия", True),
        ("Kia", "Rio", "Rio", AliasUse.BESIDE_PARTNER, "", True),
        ("Kia", "Rio", "Рио", AliasUse.ALONE, "Чужая", True),
        ("Kia", "Cerato", "Cerato", use, "", False),
    }


def test_a_shipped_alias_that_a_user_has_added_before_stays_the_users(
    aliases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = aliases.create(alias="Зубр", mark="Зубр", country="Беларусь")
    ship(monkeypatch, VehicleName("Зубр", "", "Зубр"))
    assert [(row.pk, row.country, row.is_own) for row in aliases.all()] == [(own.pk, "Беларусь", True)]


def test_an_edited_row_has_priority_over_a_shipped_one(aliases: Any) -> None:
    aliases.create(alias="БМВ", mark="Мой")
    names = [name for name in stored() if name.alias == "БМВ"]
    assert [name.mark for name in names] == ["Мой", "BMW"]


def test_a_mark_and_a_model_are_known_by_their_own_names_unless_those_are_turned_off(aliases: Any) -> None:
    aliases.create(alias="Зубрик", mark="Зубр", model="Малый")
    assert {("Зубр", "", "Зубр"), ("Зубр", "Малый", "Малый")} < {name[:3] for name in stored()}
    aliases.filter(mark="Audi", model="", alias="Audi").update(is_active=False)
    assert "Audi" not in {name.alias for name in stored()}


def test_an_import_knows_the_aliases_of_the_seller(aliases: Any, tmp_path: Path) -> None:
    aliases.create(alias="Мерзик", mark="Mercedes-Benz")
    aliases.create(alias="Зубр", mark="Зубр", country="Беларусь")
    aliases.create(alias="Зубрёнок-М", mark="Зубр", model="Малый", use=AliasUse.ALONE)
    aliases.filter(mark="Kia", alias="Киа").update(is_active=False)
    rows = ("Фара мерзик W202;1", "Фара зубр;2", "Фара зубренок м;3", "Фара Киа;4", "Фара Kia;5")
    price_list.run(write_list(tmp_path / "own.csv", rows, "Наименование;Цена"))
    marks = {mark["id"]: mark for mark in tables()["Mark"]}
    models = {model["id"]: model["name"] for model in tables()["Model"]}
    assert [(marks[part["mark_id"]]["name"], models[part["model_id"]]) for part in parts()] == [
        ("Mercedes-Benz", "C-Class"),
        ("Зубр", "Универсальная"),
        ("Зубр", "Малый"),
        ("Без марки", "Универсальная"),
        ("Kia", "Универсальная"),
    ]
    countries = {mark["name"]: mark["producer_country_name"] for mark in marks.values()}
    assert countries == {"Mercedes-Benz": "Германия", "Зубр": "Беларусь", "Без марки": "", "Kia": "Южная Корея"}


def test_an_import_makes_no_mark_that_an_alias_knows(aliases: Any, tmp_path: Path) -> None:
    aliases.create(alias="Мерзик", mark="Mercedes-Benz")
    price_list.run(SmallList(tmp_path)("Мерзик;Vito;Фара;1;1", "Mercedes-Benz;Vito;Фара задняя;1;1"))
    assert [mark["name"] for mark in tables()["Mark"]] == ["Mercedes-Benz"]


def test_a_mark_of_the_seller_shows_which_column_names_the_car(aliases: Any, tmp_path: Path) -> None:
    aliases.create(alias="Зубр", mark="Зубр")
    rows = [f"Зубр;Фара левая {number};1500,50" for number in range(5)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(rows))
    report = price_list.run(path)
    assert [str(column.meaning) for column in report.layout.every_column] == ["mark", "name", "price"]


def test_an_explanation_knows_the_aliases_of_the_seller(aliases: Any) -> None:
    from partsearch.price_list.known_aliases import known_aliases

    aliases.create(alias="Зубр", mark="Зубр")
    found = known_aliases()
    assert VehicleName("Зубр", "", "Зубр") in found.names
    assert found.origin == "those of the database"
