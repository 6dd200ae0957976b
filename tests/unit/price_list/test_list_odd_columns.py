"""Columns and rows that real lists have beside the usual ones."""

from pathlib import Path

import pytest
from tests.support.price_lists import csv_table, write

from partsearch.price_list.formats import Record, Table, open_price_list
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.recognise import choose_table, recognise
from partsearch.price_list.validate import RejectedRow, RowWarning, SkippedRow, ValidRow, validate

PATH = Path("list.csv")


def workbook(*rows: str) -> Table:
    records = [Record(number, row.split(";")) for number, row in enumerate(rows, 1)]
    return Table("", "xlsx", "", "", lambda: iter(records))


def meanings(layout: Layout) -> str:
    return ", ".join(str(column.meaning or "-") for column in layout.every_column)


def rows_of(table: Table, layout: Layout) -> list[ValidRow | RejectedRow | SkippedRow]:
    return list(validate(table.records(), layout))


def test_a_header_of_three_rows_names_the_warehouses() -> None:
    table = workbook(
        "Артикул;Наименование;Цена;Остатки на складах;Остатки на складах;Остатки на складах",
        ";;;Москва;Москва;СПб",
        ";;;Север;Юг;Центр",
        "A-1;Насос;5000;1;2;3",
        "A-2;Вал;7000;;5;-",
    )
    layout = recognise(table, PATH)
    assert meanings(layout) == "article, name, price, warehouse count, warehouse count, warehouse count"
    first, second = rows_of(table, layout)
    assert isinstance(first, ValidRow)
    assert isinstance(second, ValidRow)
    assert (first.json_data["count"], second.json_data["count"]) == (6, 5)


def test_a_workbook_may_have_a_column_beyond_its_header() -> None:
    table = workbook("Наименование;Артикул;Розничная", ";;включает НДС", "Поршень;406;1200,50;шт", "Вал;407;900;шт")
    layout = recognise(table, PATH)
    assert meanings(layout) == "name, article, price, unit"
    assert [type(row) for row in rows_of(table, layout)] == [ValidRow, ValidRow]


def test_cities_are_warehouses_if_their_cells_are_counts() -> None:
    table = csv_table("Артикул;Наименование;Цена;Минск;Брест\nA1;Диск;50;-;-\nA2;Вал;55;1;>4\n")
    layout = recognise(table, PATH)
    assert meanings(layout) == "article, name, price, warehouse count, warehouse count"
    first, second = rows_of(table, layout)
    assert isinstance(first, ValidRow)
    assert isinstance(second, ValidRow)
    assert first.json_data["count"] == 0
    assert (second.json_data["count"], second.json_data["availability"]) == (5, "не менее 5")
    other = csv_table("Наименование;Цена;Минск;Брест\nДиск;50;улица Мира;нет данных о складе\n")
    assert meanings(recognise(other, PATH)) == "name, price, -, -"


def test_pieces_of_the_last_description_are_joined_with_a_warning() -> None:
    table = csv_table("Наименование;Цена;Описание\nФара;100;хорошая; без трещин; торг\nКапот;200;целый\n")
    table = Table("", "csv", "utf-8", ";", table.records)
    first, second = rows_of(table, recognise(table, PATH))
    assert isinstance(first, ValidRow)
    assert isinstance(second, ValidRow)
    assert first.json_data["description"] == "хорошая; без трещин; торг"
    assert [warning for warning, _ in first.warnings] == [RowWarning.JOINED]
    assert second.warnings == ()


def test_pieces_beyond_another_last_column_are_a_reason_to_reject() -> None:
    table = csv_table("Наименование;Описание;Цена\nФара;хорошая; торг;100\nКапот;целый;200\n")
    first, second = rows_of(table, recognise(table, PATH))
    assert (type(first), type(second)) == (RejectedRow, ValidRow)


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Артикул / Article;Наименование / Name;Цена / Price", "A1;Рычаг;45", "article, name, price"),
        ("Номер;Наименование;Марка техники;Цена", "70-42;Вал;МТЗ-80;45", "article, name, applicability, price"),
        ("Номер;Наименование;Марка;Цена", "70-42;Вал;ВАЗ 2108;45", "article, name, applicability, price"),
        ("Номер;Наименование;Марка;Цена", "70-42;Вал;Bosch;45", "article, name, brand, price"),
    ],
)
def test_a_header_is_understood_with_its_cells(header: str, cells: str, expected: str) -> None:
    assert meanings(recognise(csv_table(f"{header}\n{cells}\n{cells}\n"), PATH)) == expected


def test_objects_in_json_become_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[{"title":"Фара","car":{"brand":"Audi","model":"A4"},"price":{"value":100,"currency":"USD"},'
        '"stores":{"12":3},"tags":[{"a":1}]}]',
    )
    with open_price_list(path) as tables:
        table, layout = choose_table(tables, path)
        [row] = rows_of(table, layout)
    assert isinstance(row, ValidRow)
    assert (row.mark, row.model, str(row.price), row.json_data) == ("Audi", "A4", "100.00", {"currency": "USD"})
    assert [column.header for column in layout.every_column][-2:] == ["stores", "tags"]
