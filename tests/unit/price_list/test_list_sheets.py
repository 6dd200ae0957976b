"""Several sheets of one list: a sheet for each mark or currency, copies, and sheets of something else."""

from dataclasses import replace
from pathlib import Path

from tests.support.price_lists import csv_table

from partsearch.price_list.formats import Table
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.layout import Layout, WarningKind
from partsearch.price_list.layouts.sheets import ALL_SHEETS
from partsearch.price_list.profile import profile_of, read_profile, write_profile
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.validate import SkippedRow, ValidRow, validate

PATH = Path("list.xlsx")
FIRST = "Артикул;Наименование;Цена;Остаток\nA1;Фара;900;1\nA2;Фонарь;400;2\nA3;Капот;700;3\n"


def sheet(name: str, text: str) -> Table:
    return replace(csv_table(text), name=name)


def chosen(**sheets: str) -> tuple[list[ValidRow], Table, Layout]:
    table, layout = choose_table([sheet(name, text) for name, text in sheets.items()], PATH)
    return [row for row in validate(table.records(), layout) if isinstance(row, ValidRow)], table, layout


def warned(layout: Layout) -> dict[WarningKind, str]:
    return {warning.kind: warning.detail for warning in layout.warnings}


def test_sheets_with_the_same_columns_are_one_list() -> None:
    second = "Прайс\n\nНаименование;Цвет;Артикул;Цена\nДверь;белый;B1;500\nСтекло;;B2;300\n"
    rows, table, layout = chosen(Условия="Доставка\n", Первый=FIRST, Второй=second)
    assert [(row.number, row.name, int(row.price), row.json_data.get("article")) for row in rows] == [
        (2, "Фара", 900, "A1"),
        (3, "Фонарь", 400, "A2"),
        (4, "Капот", 700, "A3"),
        (8, "Дверь", 500, "B1"),
        (9, "Стекло", 300, "B2"),
    ]
    assert rows[3].json_data["color"] == "белый"
    assert table.name == ALL_SHEETS
    assert warned(layout)[WarningKind.JOINED_TABLES] == "Первый (3 goods), Второй (2 goods)"
    assert "Условия" in warned(layout)[WarningKind.SEVERAL_TABLES]


def test_prices_of_a_sheet_keep_its_currency() -> None:
    first = FIRST.replace("Цена", "Цена, руб.")
    rows, _, _ = chosen(Рубли=first, Доллары="Артикул;Наименование;Цена, USD;Остаток\nB1;Дверь;5,50;1\n")
    assert [(str(row.price), row.json_data["currency"]) for row in rows[2:]] == [("700.00", "RUB"), ("5.50", "USD")]


def test_sheets_named_by_marks_give_their_rows_the_mark() -> None:
    text = "Наименование;Цена\n{0};900\nКапот;700\nИтого;1600\n"
    rows, table, layout = chosen(Kia=text.format("Фара"), Audi=text.format("Дверь"))
    assert [(row.mark, row.name) for row in rows] == [
        ("Kia", "Фара"),
        ("Kia", "Капот"),
        ("Audi", "Дверь"),
        ("Audi", "Капот"),
    ]
    assert sum(isinstance(row, SkippedRow) for row in validate(table.records(), layout)) == 2


def test_a_sheet_without_a_header_continues_the_one_before() -> None:
    rows, _, _ = chosen(Лист1=FIRST, Лист2="B1;Дверь передняя;500,50;1\nB2;Стекло заднее;300,50;2\n")
    assert [row.name for row in rows[3:]] == ["Дверь передняя", "Стекло заднее"]


def test_a_copy_or_an_older_issue_in_another_sheet_is_no_part_of_the_list() -> None:
    rows, _, layout = chosen(Ноябрь=FIRST, Октябрь=FIRST.replace("900", "800"))
    assert len(rows) == 3
    assert warned(layout)[WarningKind.SEVERAL_TABLES] == "Ноябрь (3 goods) is used, not Октябрь (3 goods)"


def test_a_sheet_of_services_is_no_part_of_the_list() -> None:
    rows, _, _ = chosen(Товары=FIRST, Услуги="Наименование услуги;Цена\nДоставка;500\nМонтаж;900\n")
    assert len(rows) == 3


def test_a_profile_reads_all_sheets_again() -> None:
    second = FIRST.replace("A", "B")
    _, table, layout = chosen(Первый=FIRST, Второй=second)
    profile = read_profile(write_profile(profile_of(layout, sheet=table.name)))
    more = [sheet("Первый", FIRST), sheet("Второй", second), sheet("Третий", FIRST.replace("A", "C"))]
    again, again_layout = table_of_profile(more, profile, PATH)
    assert sum(isinstance(row, ValidRow) for row in validate(again.records(), again_layout)) == 9
