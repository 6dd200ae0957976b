"""Lists whose sections name the cars of their goods."""

from functools import cache
from pathlib import Path

from tests.support.price_lists import csv_table

from partsearch.catalog.vehicle_names import vehicle_names
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.profile import profile_of, read_profile, write_profile
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.reporting.rejected_rows import titles_of
from partsearch.price_list.validate import RejectedRow, SkippedRow, ValidRow, validate
from partsearch.price_list.vehicles import VehicleDirectory
from partsearch.price_list.vehicles.resolve import VehicleResolver

PATH = Path("list.csv")
HEADER = "Артикул;Наименование;Цена\n"


@cache
def directory() -> VehicleDirectory:
    return VehicleDirectory(vehicle_names())


def read(table: Table, layout: Layout) -> list[ValidRow | RejectedRow | SkippedRow]:
    resolver = VehicleResolver(directory(), has_mark=lambda _: False, has_model=lambda *_: False)
    return [resolver.resolve(row) if isinstance(row, ValidRow) else row for row in validate(table.records(), layout)]


def cars(text: str) -> list[str]:
    rows = read(*choose_table([csv_table(HEADER + text)], PATH))
    return [f"{row.mark} {row.model}" for row in rows if isinstance(row, ValidRow)]


def test_goods_are_of_the_car_of_their_section() -> None:
    text = "КАМАЗ;;\nA-1;Вал;1\nA-2;Фара 65115;2\nЗапчасти Toyota Corolla;;\nA-3;Капот;3\nA-4;Руль Nissan Almera;4\n"
    assert cars(text) == ["КАМАЗ Универсальная", "КАМАЗ 65115", "Toyota Corolla", "Nissan Almera"]


def test_a_section_of_other_goods_ends_that_of_a_car() -> None:
    assert cars("МАЗ;;\nA-1;Вал;1\nАвтохимия;;\nA-2;Щетка;2\n") == ["МАЗ Универсальная", "Без марки Универсальная"]


def test_sections_right_below_a_car_are_kinds_of_its_parts() -> None:
    text = "МАЗ;;\nДвигатель;;\nA-1;Вал;1\nМосты;;\nA-2;Ступица;2\nРазное;;\nA-3;Щетка;3\n"
    assert cars(text) == ["МАЗ Универсальная", "МАЗ Универсальная", "Без марки Универсальная"]


def test_sections_without_cars_and_rows_with_marks_stay_as_they_are() -> None:
    table = csv_table(f"{HEADER}Двигатель;;\nA-1;Вал;1\n")
    assert choose_table([table], PATH)[0] is table
    marked = csv_table("Марка;Наименование;Цена\nМАЗ;;\nАудио;Вал;1\n")
    assert choose_table([marked], PATH)[0] is marked


def test_a_row_that_is_too_long_is_still_rejected() -> None:
    rows = read(*choose_table([csv_table(f"{HEADER}МАЗ;;\nA-1;Вал;1\nA-2;Вал;1;;лишнее\n")], PATH))
    assert [type(row) for row in rows] == [SkippedRow, ValidRow, RejectedRow]


def test_a_profile_finds_the_sections_again() -> None:
    table = csv_table(f"{HEADER}МАЗ;;\nA-1;Вал;1\n")
    first, layout = choose_table([table], PATH)
    again = table_of_profile([table], read_profile(write_profile(profile_of(layout))), PATH)
    assert read(*again) == read(first, layout)


def test_rejected_rows_keep_their_section() -> None:
    table, layout = choose_table([csv_table(f"{HEADER}МАЗ;;\nA-1;Вал;дорого\n")], PATH)
    [rejected] = [row for row in read(table, layout) if isinstance(row, RejectedRow)]
    corrected = [cell.replace("дорого", "7") for cell in rejected.cells]
    records = [Record(1, titles_of(layout)), Record(2, corrected)]
    again = Table("", "csv", "", "", lambda: iter(records))
    [row] = read(*choose_table([again], PATH))
    assert isinstance(row, ValidRow)
    assert row.mark == "МАЗ"
