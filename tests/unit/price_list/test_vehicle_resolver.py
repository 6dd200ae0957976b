from decimal import Decimal
from functools import cache

import pytest

from partsearch.catalog.vehicle_names import vehicle_names
from partsearch.price_list.errors import TooLargeError
from partsearch.price_list.validate import UNKNOWN_MARK, UNKNOWN_MODEL, ValidRow
from partsearch.price_list.values import JsonValue
from partsearch.price_list.vehicles import VehicleDirectory, resolve
from partsearch.price_list.vehicles.resolve import VehicleResolver


@cache
def directory() -> VehicleDirectory:
    return VehicleDirectory(vehicle_names())


def resolved(name: str, **json_data: JsonValue) -> ValidRow:
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    return resolver.resolve(ValidRow(1, "", UNKNOWN_MARK, UNKNOWN_MODEL, name, Decimal(1), json_data))


@pytest.mark.parametrize(
    "description",
    [
        "<p>Подходит к авто:<br><br>CHRYSLER 200 2011-2017</p><p>DODGE AVENGER 2011</p>",
        "Оригинал. Применяемость: Chrysler 200, Dodge Avenger",
        "Підходить до авто: Chrysler 200; Dodge Avenger",
        "Fits Chrysler 200 / Dodge Avenger",
    ],
)
def test_a_description_names_the_vehicles_that_a_part_fits(description: str) -> None:
    row = resolved("Корпус масляного фильтра", description=description)
    assert (row.mark, row.model, row.json_data["fits"]) == ("Chrysler", "200", ["Chrysler 200", "Dodge Avenger"])


@pytest.mark.parametrize("description", ["Снят с Audi A6", "", "Применяемость не указана", 7])
def test_a_description_that_says_nothing_of_it_names_none(description: JsonValue) -> None:
    row = resolved("Корпус масляного фильтра", description=description)
    assert (row.mark, row.model, row.json_data) == (UNKNOWN_MARK, UNKNOWN_MODEL, {"description": description})


def test_the_number_of_different_marks_and_models_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "VEHICLES", 10)
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    rows = [ValidRow(1, "", f"Марка {number}", "Модель", "Фара", Decimal(1), {}) for number in range(6)]
    for row in [*rows[:5], *rows[:5]]:
        resolver.resolve(row)
    with pytest.raises(TooLargeError, match="more than 10 different marks and models"):
        resolver.resolve(rows[5])


def test_only_frequent_words_of_rows_without_a_mark_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "_WORDS_KEPT", 20)
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    for number in range(200):
        name = f"Деталь Мерседесс Слово{'абвгдежзик'[number % 10]}{'абвгдежзиклмнопрстуф'[number // 10]}ъъъ"
        resolver.resolve(ValidRow(number, "", UNKNOWN_MARK, UNKNOWN_MODEL, name, Decimal(1), {}))
        assert len(resolver._unknown_words) <= 41
    assert resolver.counts().nearest[0][:2] == ("Мерседесс", 200)


def test_the_name_has_priority_over_the_description() -> None:
    row = resolved("Фара Kia Rio", description="Подходит к: Hyundai Solaris")
    assert (row.mark, row.model, "fits" in row.json_data) == ("Kia", "Rio", False)


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("Уплотнитель", "Запчасти ГАЗ", ("ГАЗ", UNKNOWN_MODEL)),
        ("Фара 65115", "Запчасти КАМАЗ", ("КАМАЗ", "65115")),
        ("Фара", "Оптика / Toyota / Corolla", ("Toyota", "Corolla")),
        ("Фара Kia Rio", "Toyota", ("Kia", "Rio")),
        ("Фара", "Hyundai / Kia", (UNKNOWN_MARK, UNKNOWN_MODEL)),
        ("Фара", "Оптика", (UNKNOWN_MARK, UNKNOWN_MODEL)),
    ],
)
def test_a_category_may_name_the_mark(name: str, category: str, expected: tuple[str, str]) -> None:
    row = resolved(name, category=category)
    assert (row.mark, row.model) == expected
