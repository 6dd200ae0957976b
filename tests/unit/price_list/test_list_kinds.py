"""Kinds of lists that sellers have: what their columns are, one row of each, and what is said to be ambiguous."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.layouts.layout import WarningKind
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.profile import layout_of as layout_of_profile
from partsearch.price_list.profile import profile_of, read_profile, write_profile
from partsearch.price_list.recognise import Layout, recognise
from partsearch.price_list.validate import RejectedRow, SkippedRow, ValidRow, validate

PATH = Path("list.csv")
LEFT_OUT = "-"


@dataclass(frozen=True)
class Kind:
    """A list and what is right.

    Attributes:
        text: the list.
        columns: the meaning of each column, ``-`` for one without.
        price: that of the first row of goods.
        values: what its properties are, among others.
        warning: what must be said to be ambiguous.
        currency: that of the prices.
    """

    text: str
    columns: str
    price: str
    values: Mapping[str, object] = field(default_factory=dict)
    warning: WarningKind | None = None
    currency: str = ""


KINDS = {
    "the stock of each warehouse": Kind(
        "Артикул;Наименование;Склад Москва;Склад СПб;Цена\nD-1;Диск;4;>2;900\nD-2;Барабан;0;5;800",
        "article, name, warehouse count, warehouse count, price",
        "900",
        {"count": 6, "availability": "не менее 6"},
        WarningKind.SEVERAL_STOCKS,
    ),
    "warehouses below a merged header": Kind(
        "Артикул;Наименование;Остаток;Остаток;Цена\n;;Москва;СПб;\nD-1;Диск;4;2;900",
        "article, name, warehouse count, warehouse count, price",
        "900",
        {"count": 6},
        WarningKind.SEVERAL_STOCKS,
    ),
    "a count of all warehouses": Kind(
        "Артикул;Наименование;Остаток всего;Остаток Москва;Цена\nD-1;Диск;7;4;900",
        "article, name, count, -, price",
        "900",
        {"count": 7},
    ),
    "the stock of one warehouse": Kind(
        "Артикул;Наименование;Склад Берг Москва;Цена\nD-1;Диск;8;900",
        "article, name, count, price",
        "900",
        {"count": 8},
    ),
    "a warehouse with words": Kind(
        "Артикул;Наименование;Склад;Цена\nD-1;Диск;+;900\nD-2;Барабан;-;800",
        "article, name, available, price",
        "900",
        {"available": True},
    ),
    "reserved pieces are no stock": Kind(
        "Артикул;Наименование;Остаток;Остаток в резерве;Цена\nD-1;Диск;8;3;900",
        "article, name, count, -, price",
        "900",
        {"count": 8},
    ),
    "units in a row below the header": Kind(
        "№;Наименование;Остаток;Цена\n;;шт;руб., с НДС\n1;Диск;8;900",
        "-, name, count, price",
        "900",
        {"count": 8},
        currency="RUB",
    ),
    "three rows of headers": Kind(
        "Товар;Товар;Цены;Цены;Остатки;Остатки\nНаименование;Артикул;Розница;Опт;Основной склад;В пути\n"
        ";;руб;руб;шт;шт\nФара;D-1;900;800;3;1",
        "name, article, price, wholesale price, count, -",
        "900",
        {"count": 3},
        WarningKind.SEVERAL_PRICES,
        "RUB",
    ),
    "a header in two languages": Kind(
        "Артикул;Наименование;Цена;Количество\nArticle;Name;Price;Quantity\nD-1;Диск;900;2",
        "article, name, price, count",
        "900",
        {"count": 2},
    ),
    "a header of one known column": Kind(
        "Услуга и деталь;Цена\nДиск тормозной;900\nФара левая;800", "name, price", "900"
    ),
    "a currency above the header": Kind(
        "Цены указаны в у.е.;\nНаименование;Цена\nДиск;40",
        "name, price",
        "40",
        {"currency": "USD"},
        WarningKind.PREAMBLE_CURRENCY,
        "USD",
    ),
    "a currency as the header of the price": Kind("Товар;грн\nДиск;40", "name, price", "40", currency="UAH"),
    "a price with and without VAT": Kind(
        "Наименование;Цена без НДС;Цена с НДС\nДиск;750;900",
        "name, -, price",
        "900",
        warning=WarningKind.SEVERAL_PRICES,
    ),
    "a price with and without the discount": Kind(
        "Наименование;Цена без скидки;Цена со скидкой\nДиск;1000;900",
        "name, -, price",
        "900",
        warning=WarningKind.SEVERAL_PRICES,
    ),
    "a price before the discount": Kind(
        "Наименование;Цена до скидки, ₽;Цена, ₽\nДиск;1000;900", "name, old price, price", "900", currency="RUB"
    ),
    "a price in two currencies": Kind(
        "Наименование;Цена, $;Цена, руб.\nДиск;10;900",
        "name, -, price",
        "900",
        warning=WarningKind.SEVERAL_PRICES,
        currency="RUB",
    ),
    "an empty retail price": Kind(
        "Наименование;Розничная цена;Цена\nДиск;;900", "name, -, price", "900", warning=WarningKind.SEVERAL_PRICES
    ),
    "prices named by letters": Kind(
        "Наименование;Цена А;Цена В;Цена С\nДиск;900;800;700\nФара;90;80;70",
        "name, price, -, -",
        "900",
        warning=WarningKind.SEVERAL_PRICES,
    ),
    "several amounts without a header": Kind(
        "D-100;Диск тормозной;900,00;800,00\nD-101;Барабан тормозной;90,50;80,00",
        "article, name, price, -",
        "900",
        warning=WarningKind.SEVERAL_PRICES,
    ),
    "codes and weights without a header": Kind(
        "10345;Диск тормозной;0,35;450\n20457;Барабан тормозной;0,50;650\n10988;Свеча зажигания;0,05;210\n"
        "33412;Колодки тормозные;0,75;900",
        "-, name, -, price",
        "450",
        warning=WarningKind.NO_HEADER,
    ),
    "cars without a header": Kind(
        "Toyota;Corolla;Фара левая;900\nToyota;Camry;Капот;800\nMazda;Demio;Дверь задняя;700",
        "mark, model, name, price",
        "900",
    ),
    "a sum without a count": Kind(
        "Запчасть;Сумма\nФара левая;900\nКапот;800", "name, price", "900", warning=WarningKind.SUM_OR_PRICE
    ),
    "a cost beside a count": Kind(
        "Наименование;Количество;Стоимость\nДиск;2;900",
        "name, count, price",
        "900",
        warning=WarningKind.SUM_OR_PRICE,
    ),
    "a cost beside a price": Kind(
        "Наименование;Количество;Стоимость;Цена за шт.\nДиск;2;1800;900", "name, count, -, price", "900"
    ),
    "groups that look like goods": Kind(
        "Номенклатура;Количество;Сумма\nВАЗ;5;4500\nФара;2;1800\nКапот;3;2700",
        "name, count, sum",
        "900",
        warning=WarningKind.SUMS_AMONG_GOODS,
    ),
    "a description that is the name": Kind(
        "Part Number;Description;Unit price, USD;Qty\nD-1;BRAKE DISK;900;2",
        "article, name, price, count",
        "900",
        {"count": 2},
        WarningKind.BY_CONTENT,
        "USD",
    ),
    "a mark that is the maker": Kind(
        "Марка;Номер детали;Наименование;Цена\nMANN;W712;Фильтр;900\nNGK;BKR6;Свеча;800",
        "brand, article, name, price",
        "900",
        {"brand": "MANN"},
        WarningKind.MAKER_IS_NOT_THE_CAR,
    ),
    "a brand that is the car": Kind(
        "Фирма;Модель;Запчасть;Цена\nTOYOTA;IPSUM;Фара;900", "mark, model, name, price", "900"
    ),
    "a car that is the mark": Kind("Авто;Модель;Запчасть;Цена\nKia;Rio;Фара;900", "mark, model, name, price", "900"),
    "a car in one column": Kind(
        "Автомобиль;Запчасть;Цена\nToyota Corolla E150;Фара;900",
        "applicability, name, price",
        "900",
        {"applicability": "Toyota Corolla E150"},
    ),
    "a model that is no car": Kind(
        "Производитель;Модель;Наименование;Цена\nNokian;Nordman;Шина 205/55 R16;900", "brand, -, name, price", "900"
    ),
    "an article beside a number": Kind(
        "Артикул;Наименование;Номер детали;Цена\nK-1;Фара;81170-12;900", "article, name, oem, price", "900"
    ),
    "the first and the last year": Kind(
        "Марка;Год с;Год по;Деталь;Цена\nKia;2010;2015;Фара;900",
        "mark, year, years, name, price",
        "900",
        {"year": 2010, "years": "до 2015"},
    ),
    "another header between the goods": Kind(
        "Артикул;Наименование;Цена\nD-1;Диск;900\nНаименование;Артикул;Цена\nФара;D-2;800",
        "article, name, price",
        "900",
        warning=WarningKind.SECOND_HEADER,
    ),
}


def layout_of(text: str) -> Layout:
    return recognise(csv_table(text), PATH)


def rows_of(text: str) -> list[ValidRow | RejectedRow | SkippedRow]:
    return list(validate(csv_table(text).records(), layout_of(text)))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_list_of_this_kind_is_understood(kind: Kind) -> None:
    found = layout_of(kind.text)
    assert ", ".join(str(column.meaning or LEFT_OUT) for column in found.every_column) == kind.columns
    assert found.currency == kind.currency
    first = next(row for row in rows_of(kind.text) if isinstance(row, ValidRow))
    assert first.price == Decimal(kind.price)
    assert {key: first.json_data.get(key) for key in kind.values} == dict(kind.values)
    kinds = {warning.kind for warning in found.warnings}
    assert kind.warning is None or kind.warning in kinds


@pytest.mark.parametrize(
    "header",
    ["Цена поставки", "Учетная цена", "Цена поставщика", "Входящая цена", "Cost", "Цена за 100 шт.", "Вес", "Код"],
)
def test_this_column_is_never_the_price(header: str) -> None:
    with pytest.raises(UnknownColumnsError, match="no column for: price"):
        layout_of(f"Наименование;Артикул;{header}\nДиск;D-1;900\nФара;D-2;800\nКапот;D-3;850")


def test_groups_of_a_report_are_no_goods() -> None:
    rows = rows_of("Наименование;Артикул;Остаток;Цена\nВАЗ;;16,000;\nФара;D-1;4,000;900\nСтекло;D-2;;\nЩетка;;1,000;80")
    assert [row.kind for row in rows if isinstance(row, SkippedRow)] == [RowKind.SECTION]
    assert [row.name for row in rows if isinstance(row, ValidRow)] == ["Фара", "Щетка"]
    assert [row.reason for row in rows if isinstance(row, RejectedRow)] == ["no price"]


def test_a_supplier_is_no_purchase_price() -> None:
    found = layout_of("Наименование;Цена;Поставщик;Код поставщика\nФара;900;ООО;17")
    assert WarningKind.PURCHASE_PRICE not in {warning.kind for warning in found.warnings}
    assert found.ignored == ("Поставщик", "Код поставщика")


def test_a_profile_keeps_the_warehouses() -> None:
    text = KINDS["the stock of each warehouse"].text
    profile = read_profile(write_profile(profile_of(layout_of(text))))
    rows = list(validate(csv_table(text).records(), layout_of_profile(profile)))
    assert rows == rows_of(text)


def sold_names(text: str) -> list[str]:
    return [row.name for row in rows_of(text) if isinstance(row, ValidRow) and row.is_sold]


def test_a_column_tells_which_parts_are_sold() -> None:
    assert sold_names("Наименование;Цена;Продано\nФара;900;\nКапот;800;да\nДверь;700;нет") == ["Капот"]


def test_the_stock_tells_which_parts_are_sold() -> None:
    assert sold_names("Наименование;Цена;Наличие\nФара;900;в наличии\nКапот;800;Продано") == ["Капот"]


def test_a_number_of_sold_pieces_sells_nothing() -> None:
    assert sold_names("Наименование;Цена;Продано\nФара;900;1\nКапот;800;12") == []


def test_a_warehouse_that_cannot_be_read_is_reported() -> None:
    row, *_ = rows_of("Наименование;Цена;Склад А;Склад Б\nФара;900;2;?\n" + "Капот;1;2;3\n" * 9)
    assert isinstance(row, ValidRow)
    assert row.json_data["count"] == 2
    assert [(left.key, left.text) for left in row.left_out] == [("count", "?")]
