from decimal import Decimal

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.recognise import recognise
from partsearch.price_list.validate import LeftOut, RejectedRow, RowWarning, SkippedRow, ValidRow, validate

HEADER = "Марка;Модель;Название;Цена;Год;Количество;Описание;Новая деталь;Валюта\n"


def rows(text: str, header: str = HEADER) -> list[ValidRow | RejectedRow | SkippedRow]:
    from pathlib import Path

    sheet = csv_table(header + text)
    found = validate(sheet.records(), recognise(sheet, Path("list.csv")))
    return [row for row in found if not (isinstance(row, SkippedRow) and row.kind is RowKind.BLANK)]


def test_a_complete_row() -> None:
    [row] = rows("BMW;5  E34;Фара\N{NO-BREAK SPACE}левая;1 873,50;1995;2,000;Как новая;0;usd\n")
    assert row == ValidRow(
        2,
        "",
        "BMW",
        "5 E34",
        "Фара левая",
        Decimal("1873.50"),
        {"year": 1995, "count": 2, "description": "Как новая", "is_new_part": False, "currency": "USD"},
    )


@pytest.mark.parametrize("rest", [";;;;;", ";0;;;;", ";-;-;\N{EM DASH};;", ""])
def test_an_empty_cell_gives_no_key(rest: str) -> None:
    [row] = rows(f"BMW;5 E34;Фара;70{rest}\n")
    assert isinstance(row, ValidRow)
    assert row.json_data == {}


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        ("BMW;5 E34; - ;70", "no part name", ""),
        ("BMW;5 E34;Фара;", "no price", ""),
        ("BMW;5 E34;Фара;договорная", "price on request", "договорная"),
        ("BMW;5 E34;Фара;-70", "negative price", "-70"),
        ("BMW;5 E34;Фара;10000000000", "price over 9,999,999,999.99", "10000000000"),
        (f"BMW;5 E34;{'ф' * 401};70", "part name over 400 characters", ""),
        (f"{'b' * 201};5 E34;Фара;70", "mark over 200 characters", ""),
        ("BMW;5 E34;Фара;дорого", "unreadable price", "дорого"),
        ("BMW;5 E34;Фара;70;;;с трещиной;0;USD;лишнее", "more cells than the header has", "10"),
        ('BMW;5 E34;"Фара;70', "an unclosed quotation mark", ""),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_and_the_next_is_used(line: str, reason: str, detail: str) -> None:
    rejected, valid = rows(f"\n{line}\nBMW;5 E34;Фара;70\n")
    assert rejected == RejectedRow(3, reason, detail)
    assert isinstance(valid, ValidRow)
    assert valid.number == 4


def test_a_property_that_cannot_be_read_is_left_out() -> None:
    [row] = rows("BMW;5 E34;Фара;70;давно;когда-нибудь;;;\n")
    assert isinstance(row, ValidRow)
    assert row.json_data == {}
    assert row.left_out == (LeftOut("year", "давно"), LeftOut("count", "когда-нибудь"))


def test_a_negative_stock_is_none_and_has_a_warning() -> None:
    negative, none = rows("BMW;5 E34;Фара;70;;-1;;;\nBMW;5 E34;Фара;70;;-;;;\n")
    assert isinstance(negative, ValidRow)
    assert isinstance(none, ValidRow)
    assert (negative.json_data, none.json_data) == ({"count": 0}, {})
    assert (negative.warnings, none.warnings) == (((RowWarning.NEGATIVE_STOCK, "-1"),), ())


def test_a_price_column_may_say_that_the_part_is_sold() -> None:
    sold, other = rows("BMW;5 E34;Фара;Продано\nBMW;5 E34;Фара;резерв\n", "Марка;Модель;Название;Цена\n")
    assert isinstance(sold, ValidRow)
    assert sold.is_sold
    assert isinstance(other, RejectedRow)


def test_the_currency_of_the_row_precedes_that_of_the_price_and_of_the_header() -> None:
    header = "Марка;Модель;Название;Цена, руб;Валюта\n"
    currencies = [row.json_data["currency"] for row in rows("a;b;c;7;\na;b;c;7 $;\na;b;c;7;BYN\n", header)]  # type: ignore[union-attr]
    assert currencies == ["RUB", "USD", "BYN"]


def test_a_row_without_a_mark_and_a_model_is_for_every_car() -> None:
    without, half = rows(";;Фара;70\n;5 E34;Фара;70\n")
    assert isinstance(without, ValidRow)
    assert isinstance(half, ValidRow)
    assert (without.mark, without.model, half.mark, half.model) == ("Без марки", "Универсальная", "Без марки", "5 E34")


def test_sections_totals_and_repeated_headers_are_skipped_by_kind() -> None:
    skipped = rows(f"Запчасти BMW;;;\nBMW;5 E34;Фара;70\n{HEADER}Итого;;;140\n")
    assert [row.kind for row in skipped if isinstance(row, SkippedRow)] == [
        RowKind.SECTION,
        RowKind.REPEATED_HEADER,
        RowKind.TOTAL,
    ]
    assert len(skipped) == 4


def test_a_price_is_computed_from_a_sum_and_a_quantity() -> None:
    computed, without = rows("Фара;2;3000\nФонарь;0;500\n", "Название;Кол-во;Сумма\n")
    assert isinstance(computed, ValidRow)
    assert computed.price == Decimal(1500)
    assert without == RejectedRow(3, "no quantity to divide the sum by", "500")


def test_an_ambiguous_price_is_rejected_and_one_that_the_column_decides_is_read() -> None:
    header = "Название;Цена\n"
    assert rows("Фара;1,234\n", header) == [RejectedRow(2, "ambiguous price", "1,234")]
    decided = rows("Фара;1,234\nФонарь;1,234.50\n", header)
    assert [row.price for row in decided if isinstance(row, ValidRow)] == [Decimal(1234), Decimal("1234.50")]


def test_a_sold_part_is_marked_as_sold() -> None:
    sold, reserved = rows("Фара;70;Продано\nФонарь;80;Резерв\n", "Название;Цена;Статус\n")
    assert isinstance(sold, ValidRow)
    assert isinstance(reserved, ValidRow)
    assert (sold.is_sold, reserved.is_sold) == (True, False)
    assert reserved.json_data == {"availability": "резерв"}


def test_a_purchase_price_is_never_imported() -> None:
    [row] = rows("Фара;70;41,17\n", "Название;Цена;Цена закуп.\n")
    assert "41" not in str(row)


def test_a_dash_says_that_a_part_is_not_available() -> None:
    [row] = rows("Фара;70;-\n", "Название;Цена;Наявність\n")
    assert isinstance(row, ValidRow)
    assert row.json_data == {"available": False, "count": 0}


def test_text_is_kept_without_invisible_characters() -> None:
    [row] = rows("Subaru\u200b;Impreza;Бам\u00adпер и\u0306;70\n")
    assert isinstance(row, ValidRow)
    assert (row.mark, row.name) == ("Subaru", "Бампер й")


def test_a_least_price_and_an_unclear_currency_are_shown() -> None:
    least, unclear = rows("Фара;от 70\nФонарь;¥80\n", "Название;Цена\n")
    assert isinstance(least, ValidRow)
    assert isinstance(unclear, ValidRow)
    assert least.json_data == {"price_note": "от 70"}
    assert (unclear.json_data, unclear.left_out) == ({}, (LeftOut("currency", "¥"),))
