"""Numbers of parts that a spreadsheet may have damaged, as only their column shows."""

from pathlib import Path

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list.layouts.layout import WarningKind
from partsearch.price_list.recognise import recognise
from partsearch.price_list.validate import ValidRow, validate

PATH = Path("list.csv")


def warnings(*articles: str) -> list[str]:
    table = csv_table("Артикул;Наименование;Цена\n" + "".join(f"{article};Болт;5\n" for article in articles))
    layout = recognise(table, PATH)
    kept = [row.json_data.get("article") for row in validate(table.records(), layout) if isinstance(row, ValidRow)]
    assert [article for article in kept if article] == [each for each in articles if "E" not in each]
    return [warning.detail for warning in layout.warnings if warning.kind is WarningKind.LOST_ZEROS]


def test_shorter_numbers_among_those_with_zeros_are_named() -> None:
    assert warnings("00123", "00456", "789", "01234", "12345") == [
        "Артикул has 4 numbers of 5 digits, and 1 shorter ones without a zero: row 4 (789)"
    ]


@pytest.mark.parametrize(
    "articles",
    [
        ("00123", "00456", "01234", "12345"),
        ("00123", "789", "456", "12"),
        ("00123", "00456", "A-789"),
        ("00123", "00456", "123456", "1234567"),
        ("123", "45", "6789"),
    ],
)
def test_other_numbers_are_not_named(articles: tuple[str, ...]) -> None:
    assert warnings(*articles) == []


def test_rounded_numbers_show_that_zeros_are_lost() -> None:
    [warning] = warnings("7,70106E+11", "123456")
    assert warning.startswith("Артикул has 1 numbers that a spreadsheet has rounded")
