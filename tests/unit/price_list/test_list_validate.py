from decimal import Decimal

import pytest

from partsearch.price_list.read import Sheet
from partsearch.price_list.recognise import recognise
from partsearch.price_list.validate import LeftOut, RejectedRow, ValidRow, validate

HEADER = "Марка;Модель;Название;Цена;Год;Количество;Описание;Новая деталь;Валюта\n"


def rows(text: str, header: str = HEADER) -> list[ValidRow | RejectedRow]:
    from pathlib import Path

    sheet = Sheet(header + text, "utf-8", ";")
    return list(validate(sheet.records(), recognise(sheet, Path("list.csv"))))


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
        (";5 E34;Фара;70", "no mark", ""),
        ("BMW;;Фара;70", "no model", ""),
        ("BMW;5 E34; - ;70", "no part name", ""),
        ("BMW;5 E34;Фара;", "no price", ""),
        ("BMW;5 E34;Фара;договорная", "unreadable price", "договорная"),
        ("BMW;5 E34;Фара;-70", "negative price", "-70"),
        ("BMW;5 E34;Фара;10000000000", "price over 9,999,999,999.99", "10000000000"),
        (f"BMW;5 E34;{'ф' * 401};70", "part name over 400 characters", ""),
        (f"{'b' * 201};5 E34;Фара;70", "mark over 200 characters", ""),
        ("Запчасти BMW;;;", "no part name, no model, no price", ""),
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
    [row] = rows("BMW;5 E34;Фара;70;давно;>50;;;\n")
    assert isinstance(row, ValidRow)
    assert row.json_data == {}
    assert row.left_out == (LeftOut("year", "давно"), LeftOut("count", ">50"))


def test_the_currency_of_the_row_precedes_that_of_the_price_and_of_the_header() -> None:
    header = "Марка;Модель;Название;Цена, руб;Валюта\n"
    currencies = [row.json_data["currency"] for row in rows("a;b;c;7;\na;b;c;7 $;\na;b;c;7;BYN\n", header)]  # type: ignore[union-attr]
    assert currencies == ["RUB", "USD", "BYN"]
