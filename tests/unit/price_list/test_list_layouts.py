"""Layouts of whole lists: where the header is, what each column means, of what kind each row is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.layout import Certainty, WarningKind
from partsearch.price_list.layouts.rows import RowKind, count_kinds, rows
from partsearch.price_list.recognise import Layout, choose_table, recognise

PATH = Path("list.xlsx")


def sheet(text: str, name: str = "") -> Table:
    """Return a sheet of a workbook."""
    lines = text.strip("\n").split("\n")

    def records() -> Iterator[Record]:
        return (Record(number, [cell.strip() for cell in line.split(";")]) for number, line in enumerate(lines, 1))

    return Table(name, "xlsx", "", "", records)


def layout(text: str) -> Layout:
    return recognise(sheet(text), PATH)


def meanings(found: Layout) -> dict[int, str]:
    return {column.index: str(column.meaning) for column in found.columns}


def warned(found: Layout) -> dict[WarningKind, str]:
    return {warning.kind: warning.detail for warning in found.warnings}


def test_the_layout_of_baz_on() -> None:
    found = layout(
        "Артикул;Наименование;Марка;Модель;Верх/Низ;Перед/Зад;Лев/Прав;Номер;Цена;Производитель;Новый/БУ;Статус\n"
        "K-1;Фара;Mazda;Demio;;Перед;Лев;100-41;900;Depo;БУ;Продано"
    )
    assert found.aggregator == "Baz-on/Drom"
    assert list(meanings(found).values()) == (
        [
            "article",
            "name",
            "mark",
            "model",
            "level",
            "position",
            "side",
            "oem",
            "price",
            "brand",
            "is_new_part",
            "state",
        ]
    )


def test_the_layout_of_bamper() -> None:
    found = layout("BRAND;MODEL;CATEGORY;STATE;PRICE;NUMBER\nMazda;Demio;Фара;б/у;90;100-41")
    assert (found.aggregator, list(meanings(found).values())) == (
        "bamper.by",
        ["mark", "model", "name", "is_new_part", "price", "oem"],
    )


def test_the_layout_of_prom() -> None:
    found = layout(
        "Код_товару;Назва_позиції;Ціна;Валюта;Одиниця_виміру;Оптова_ціна;Посилання_зображення;Наявність;Кількість;"
        "Унікальний_ідентифікатор\n77A;Фара;900;UAH;шт.;;http://a/1.jpg;+;2;501"
    )
    assert (found.aggregator, list(meanings(found).values())) == (
        "prom.ua",
        ["article", "name", "price", "currency", "unit", "photo", "available", "count", "row id"],
    )
    assert WarningKind.SEVERAL_PRICES not in warned(found)


def test_a_maker_is_not_the_car() -> None:
    found = layout("Производитель;Номер;Наименование;Цена\nDepo;100-41;Фара;900")
    assert list(meanings(found).values()) == ["brand", "article", "name", "price"]
    assert "Производитель" in warned(found)[WarningKind.MAKER_IS_NOT_THE_CAR]


def test_a_yml_feed() -> None:
    found = layout(
        "id;available;price;currencyId;vendor;vendorCode;name;picture\n1;true;900;RUB;Depo;100-41;Фара;http://a/1.jpg"
    )
    assert list(meanings(found).values()) == (
        ["row id", "available", "price", "currency", "brand", "article", "name", "photo"]
    )


def test_a_header_of_several_rows() -> None:
    found = layout(
        "Прайс-лист;;;;\n;;;;\n"
        "№;Наименование;Артикул;Цена, руб.;\n;;;опт;розница\n"
        "1;Фара;100-41;700,00;900,00\n2;Фонарь;100-42;300,00;400,50"
    )
    assert found.header_rows == (3, 4)
    assert (found.columns[-1].header, found.columns[-1].index) == ("Цена, руб. розница", 4)
    assert found.currency == "RUB"
    assert "Цена, руб. опт" in warned(found)[WarningKind.SEVERAL_PRICES]


def test_a_merged_header_that_repeats() -> None:
    found = layout("Товар;Товар;Цена;Цена\nНаименование;Артикул;для дилера;для клиента\nФара;100-41;700;900")
    assert found.header_rows == (1, 2)
    assert meanings(found) == {0: "name", 1: "article", 3: "price"}


def test_a_list_without_a_header() -> None:
    found = layout(
        "\n".join(
            f"{group};{number} {name};{number};{name};{price}р.;{stock};{maker};{row}"
            for group, number, name, price, stock, maker, row in [
                ("Оптика/Перед", "100-4101", "Фара левая", "1 200,50", "3", "Depo", 51),
                ("Оптика/Перед", "100-4102", "Стекло фары", "700,00", "заказ", "TYC", 52),
                ("Оптика/Перед", "100-4107", "Поворотник", "22 030,10", "7", "Depo", 53),
                ("Оптика/Перед", "100-4112", "Фонарь задний", "950,00", "12", "TYC", 54),
            ]
        )
    )
    assert found.header_rows == ()
    assert meanings(found) == {2: "article", 3: "name", 4: "price", 5: "count", 6: "brand"}
    assert {column.certainty for column in found.columns} == {Certainty.LIKELY, Certainty.GUESS}
    assert found.columns[0].samples == ("100-4101", "100-4102", "100-4107")
    assert WarningKind.NO_HEADER in warned(found)


def test_a_column_without_a_title_is_taken_from_its_cells() -> None:
    found = layout("Артикул;;Цена\n100-41;Фара левая;900\n100-42;Фонарь задний;400")
    assert meanings(found) == {0: "article", 1: "name", 2: "price"}
    assert warned(found)[WarningKind.BY_CONTENT].startswith("column 2 is name")


def test_a_purchase_price_is_never_the_price() -> None:
    with pytest.raises(UnknownColumnsError, match="no column for: price"):
        layout("Наименование;Артикул;Цена закуп.\nФара;100-41;700,00\nФонарь;100-42;300,00")


@pytest.mark.parametrize(
    ("header", "index"),
    [("Цена;Розничная цена", 2), ("Опт. цена;Цена", 2), ("Розница;Цена", 1), ("Цена;Оптовая цена", 1)],
)
def test_a_retail_price_goes_before_a_wholesale_one(header: str, index: int) -> None:
    found = layout(f"Наименование;{header}\nФара;700;900")
    assert {place: meaning for place, meaning in meanings(found).items() if meaning == "price"} == {index: "price"}
    assert WarningKind.SEVERAL_PRICES in warned(found)


def test_a_wholesale_price_is_taken_if_there_is_no_other() -> None:
    found = layout("Наименование;Опт. цена USD\nФара;700")
    assert (meanings(found), found.currency) == ({0: "name", 1: "price"}, "USD")
    assert WarningKind.WHOLESALE_ONLY in warned(found)


def test_a_sum_and_a_quantity_give_a_price() -> None:
    found = layout("Наименование;Кол-во;Сумма\nФара;2;1800")
    assert found.is_price_computed
    assert warned(found)[WarningKind.PRICE_COMPUTED] == "Сумма divided by Кол-во"
    assert not layout("Наименование;Кол-во;Сумма;Цена\nФара;2;1800;900").is_price_computed


def test_columns_with_the_same_meaning_are_named() -> None:
    found = layout("Наименование;Запас;Кол-во;Цена\nФара;2;1;900")
    assert meanings(found) == {0: "name", 1: "count", 3: "price"}
    assert warned(found)[WarningKind.REPEATED_MEANING] == "count is Запас (column 2), not Кол-во (column 3)"


def test_numbers_that_nothing_decides_are_named() -> None:
    assert WarningKind.UNDECIDED_NUMBERS in warned(layout("Наименование;Цена\nФара;1,234"))
    assert WarningKind.UNDECIDED_NUMBERS not in warned(layout("Наименование;Цена\nФара;1,234\nФонарь;12,5"))


def test_every_row_has_a_kind() -> None:
    text = (
        "Прайс;;\n;;\nНаименование;Артикул;Цена\n1;2;3\nОптика;;\nФара;100-41;900\nСтекло\nКузов;Кузов;Кузов\n;;\n"
        "Наименование;Артикул;Цена\nИтоговая рамка;100-43;80\nФонарь;100-42;400;лишнее\n;;900\nИтого по складу:;;1300"
    )
    found = layout(text)
    kinds = [row.kind.value for row in rows(sheet(text).records(), found)]
    assert kinds == [
        "preamble",
        "blank",
        "header",
        "goods",
        "section",
        "goods",
        "section",
        "section",
        "blank",
        "repeated header",
        "goods",
        "goods",
        "goods",
        "total",
    ]
    assert count_kinds(sheet(text).records(), found).total() == 14


def test_a_row_that_numbers_the_columns_repeats_the_header() -> None:
    text = "Наименование;Артикул;Цена;Кол-во\n1;2;3;4\nФара;100-41;900;1"
    assert [row.kind for row in rows(sheet(text).records(), layout(text))][1] is RowKind.REPEATED_HEADER


def test_the_table_with_the_most_goods_is_used_and_the_others_are_named() -> None:
    goods = sheet("Наименование;Цена\nФара;900\nФонарь;400", "ТМЦ")
    tables = [
        sheet("Доставка\nСамовывоз", "Условия"),
        sheet("Наименование;Цена\nФара;800", "Акции"),
        goods,
    ]
    table, found = choose_table(tables, PATH)
    assert table is goods
    assert warned(found)[WarningKind.SEVERAL_TABLES] == "ТМЦ (2 goods) is used, not Акции (1 goods), Условия"
    with pytest.raises(UnknownColumnsError):
        choose_table(tables[:1], PATH)


def test_a_row_above_completes_the_header() -> None:
    found = layout("Товар;;;Цена, руб;\nНаименование;Артикул;Бренд;для дилера;для клиента\nФара;100-41;Depo;700;900")
    assert found.header_rows == (1, 2)
    assert meanings(found) == {0: "name", 1: "article", 2: "brand", 4: "price"}
    assert found.columns[-1].notes == "RUB"


def test_amounts_with_a_currency_are_numbers_of_goods_and_groups() -> None:
    text = "Наименование;Артикул;Сумма;Цена\nФары;;1300 USD;\nФара;A-1;900 USD;900 USD\nФонарь;A-2;400 USD;400 USD"
    found = layout(text)
    assert [row.kind for row in rows(sheet(text).records(), found)][1:] == ["section", "goods", "goods"]


def test_a_column_without_a_header_may_have_numbers_of_any_length() -> None:
    """Python reads no whole number of over 4,300 digits from a text."""
    rows = "\n".join(f"Фара {number};{number}{'9' * 5_000};{number},50 руб." for number in range(1, 6))
    assert meanings(layout(rows)) == {0: "name", 2: "price"}
