"""Rows whose cells name several marks or models."""

from decimal import Decimal
from functools import cache

import pytest

from partsearch.catalog.vehicle_names import vehicle_names
from partsearch.price_list.validate import UNKNOWN_MODEL, ValidRow
from partsearch.price_list.vehicles import VehicleDirectory
from partsearch.price_list.vehicles.resolve import VehicleResolver


@cache
def directory() -> VehicleDirectory:
    return VehicleDirectory(vehicle_names())


def resolved(mark: str, model: str, *, is_known: bool = False) -> ValidRow:
    resolver = VehicleResolver(directory(), has_mark=lambda _: is_known, has_model=lambda *_: is_known)
    return resolver.resolve(ValidRow(1, "", mark, model, "Фара", Decimal(1), {}))


@pytest.mark.parametrize(
    ("mark", "model", "first", "fits"),
    [
        ("Renault|Dacia", "Logan|Sandero", ("Renault", "Logan"), ["Renault Logan", "Dacia Sandero"]),
        ("VW / Skoda", "Octavia, Golf", ("Skoda", "Octavia"), ["Skoda Octavia", "Volkswagen Golf"]),
        ("Volkswagen", "Golf, Passat", ("Volkswagen", "Golf"), ["Volkswagen Golf", "Volkswagen Passat"]),
        ("Audi;BMW", UNKNOWN_MODEL, ("Audi", UNKNOWN_MODEL), ["Audi", "BMW"]),
        ("Toyota|Lexus", "Camry", ("Toyota", "Camry"), ["Toyota Camry", "Lexus"]),
    ],
)
def test_the_first_vehicle_is_that_of_the_part(mark: str, model: str, first: tuple[str, str], fits: list[str]) -> None:
    row = resolved(mark, model)
    assert ((row.mark, row.model), row.json_data) == (first, {"fits": fits})


@pytest.mark.parametrize(("mark", "model"), [("Audi", "80/B4 какая-то"), ("Фирма/Мастер", "A4"), ("Audi", "A4")])
def test_other_cells_stay(mark: str, model: str) -> None:
    assert resolved(mark, model) == ValidRow(1, "", mark, model, "Фара", Decimal(1), {})


def test_a_name_that_the_catalog_has_stays() -> None:
    assert resolved("Audi/BMW", "A4/X5", is_known=True).mark == "Audi/BMW"


@pytest.mark.parametrize(
    ("mark", "model", "name", "fits"),
    [
        ("Dodge|Jeep", "Dodge|Durango", "Колодки", ["Dodge Durango", "Jeep"]),
        ("Dodge|Jeep", "Grand Cherokee,Durango", "Колодки Dodge Durango", ["Dodge Durango", "Jeep Grand Cherokee"]),
        ("Chrysler,Dodge,Неизвестная", "300C,Никакая", "Колодки", ["Chrysler 300C", "Dodge"]),
        (
            "Dodge|Jeep",
            f"Durango|{'|'.join(f'Модель {number}' for number in range(50))}",
            "",
            ["Dodge Durango", "Jeep"],
        ),
    ],
)
def test_lists_of_a_marketplace_have_unknown_and_odd_entries(mark: str, model: str, name: str, fits: list[str]) -> None:
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    row = resolver.resolve(ValidRow(1, "", mark, model, name, Decimal(1), {}))
    assert (f"{row.mark} {row.model}", row.json_data) == (fits[0], {"fits": fits})


def test_another_mark_in_the_cell_of_the_model_is_no_model() -> None:
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    row = resolver.resolve(ValidRow(1, "", "Jeep", "Dodge", "Вал Jeep Cherokee", Decimal(1), {}))
    assert (row.mark, row.model) == ("Jeep", "Cherokee")


def test_names_that_are_too_long_are_shortened_to_their_first() -> None:
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    model = "|".join(f"Модель {number}" for number in range(50))
    row = resolver.resolve(ValidRow(1, "", "Неизвестная", model, "Фара", Decimal(1), {}))
    assert (row.mark, row.model) == ("Неизвестная", "Модель 0")
