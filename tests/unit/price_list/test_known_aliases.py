"""The aliases of an explanation, and how a layout uses them."""

from pathlib import Path

import pytest
from django.db import OperationalError
from tests.support.price_lists import csv_table

from partsearch.catalog.vehicle_names import VehicleName, vehicle_names
from partsearch.database.errors import DatabaseUnreachableError
from partsearch.price_list import known_aliases
from partsearch.price_list.layouts.known_vehicles import is_mark, is_model, known_vehicles, names_one_mark
from partsearch.price_list.recognise import recognise

PATH = Path("list.csv")


def test_other_names_are_known_inside_of_the_block_only() -> None:
    with known_vehicles([VehicleName("Зубр", "", "Зубр"), VehicleName("Зубр", "Малый", "Малый")]):
        assert (is_mark("зубр"), is_model("Малый"), names_one_mark("Запчасти Зубр"), is_mark("Audi")) == (True,) * 3 + (
            False,
        )
    assert (is_mark("зубр"), is_model("Малый"), names_one_mark("Запчасти Зубр"), is_mark("Audi")) == (False,) * 3 + (
        True,
    )


@pytest.mark.parametrize(
    ("cell", "expected"), [("A6 C5", True), ("Golf IV", True), ("5 E39", True), ("120 USD", False), ("Фара A6", False)]
)
def test_a_cell_that_begins_with_a_model_is_one(cell: str, expected: bool) -> None:
    assert is_model(cell) is expected


def test_a_column_of_models_with_more_words_is_found_without_a_header() -> None:
    text = "Audi;A6 C5;Фара левая;120 USD\nBMW;5 E39;Капот;200 USD\nFord;Mondeo;Дверь;80 USD\n"
    layout = recognise(csv_table(text), PATH)
    assert [str(column.meaning) for column in layout.every_column] == ["mark", "model", "name", "price"]


@pytest.mark.parametrize(
    "error",
    [OperationalError("connection failed: Connection refused"), DatabaseUnreachableError("It is away.", "Start it.")],
)
def test_without_the_database_the_shipped_aliases_are_used_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(known_aliases, "ensure_django", fail)
    found = known_aliases.known_aliases()
    assert found.names == vehicle_names()
    assert found.origin.startswith("those that partsearch ships, without your own: ")
