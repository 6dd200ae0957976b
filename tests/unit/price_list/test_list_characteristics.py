"""The characteristics of an export of prom.ua that name the car."""

from pathlib import Path

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list.formats.characteristics import with_characteristics
from partsearch.price_list.profile import profile_of, read_profile, write_profile
from partsearch.price_list.recognise import recognise
from partsearch.price_list.validate import ValidRow, validate

PATH = Path("list.csv")
TRIPLE = "Назва_Характеристики;Одиниця_виміру_Характеристики;Значення_Характеристики"


def rows(*characteristics: str) -> list[ValidRow]:
    lines = [f"Назва_позиції;Ціна;{TRIPLE};{TRIPLE}", *(f"Фара;5;{line}" for line in characteristics)]
    table = with_characteristics(csv_table("\n".join(lines)), PATH)
    layout = recognise(table, PATH)
    assert read_profile(write_profile(profile_of(layout)))
    found = list(validate(table.records(), layout))
    assert all(isinstance(row, ValidRow) for row in found)
    return [row for row in found if isinstance(row, ValidRow)]


@pytest.mark.parametrize("mark", ["Сумісність з маркою", "Совместимость с маркой", "Марка авто", "Марка"])
@pytest.mark.parametrize("model", ["Сумісність з моделлю", "Совместимость с моделью", "Модель авто", "Модель"])
def test_a_characteristic_names_the_car(mark: str, model: str) -> None:
    [row] = rows(f"{mark};;Ford;{model};;Focus")
    assert (row.mark, row.model, row.json_data) == ("Ford", "Focus", {})


def test_goods_of_different_kinds_name_the_car_differently() -> None:
    first, second = rows("Сумісність з маркою;;Ford;Модель;;Focus", "Марка авто;;Skoda;Сумісність з моделлю;;Octavia")
    assert (first.mark, first.model, second.mark, second.model) == ("Ford", "Focus", "Skoda", "Octavia")


def test_the_first_of_two_characteristics_with_one_meaning_counts() -> None:
    [row] = rows("Колір;;чорний;Цвет;;черный")
    assert row.json_data == {"color": "чорний"}


def test_a_characteristic_may_name_the_side() -> None:
    [row] = rows("Сторона установки;;Ліва;Стан;;Б/в")
    assert row.json_data == {"side": "левая", "is_new_part": False}


def test_several_characteristics_of_the_car_are_joined() -> None:
    [row] = rows("Сумісність з маркою;;Ford|Skoda;Марка авто;;Skoda")
    assert row.mark == "Ford|Skoda"
    [row] = rows("Марка авто;;Ford;Сумісність з маркою;;Skoda,Ford")
    assert row.mark == "Ford|Skoda,Ford"


def test_a_long_list_of_models_is_no_reason_to_reject_a_row() -> None:
    assert rows(f"Марка;;Ford;Модель;;{'|'.join(['Focus'] * 60)}")


def test_both_sides_and_an_axle() -> None:
    [row] = rows('"Сторона установки";;Слева,Справа;Ось;;Передняя')
    assert row.json_data == {"side": "левая/правая", "position": "перед"}
