import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list import columns
from partsearch.price_list.columns import Field, plain_header
from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.header_rows import find_header
from partsearch.price_list.recognise import Layout, recognise

PATH = Path("list.csv")
ROW = "BMW;5 E34;Фара;70\n"


def layout(text: str) -> Layout:
    return recognise(csv_table(text), PATH)


def meanings(found: Layout) -> list[str]:
    return [str(column.meaning) for column in found.columns]


@pytest.mark.parametrize(
    "header",
    [
        "МАРКА;МОДЕЛЬ;НАИМЕНОВАНИЕ ЗАПЧАСТИ;ЦЕНА",
        " марка ;Модель авто;Название;Розничная  цена",
        "Mark;Model;Part name;PRICE",
        "Make;Model;Title;Price.",
    ],
)
def test_recognises_headers_in_russian_and_english(header: str) -> None:
    assert meanings(layout(header + "\n" + ROW)) == ["mark", "model", "name", "price"]


def test_finds_the_header_below_a_preamble() -> None:
    found = layout(";;;\nПрайс на 19.11.2018;;;\n\nМарка;Модель;Наименование;Цена\n" + ROW)
    assert found.header_number == 4


def test_names_the_columns_that_it_leaves_out() -> None:
    found = layout("Марка;Модель;Наименование;Цена;Цена закуп.;;Цена\n" + ROW)
    assert found.ignored == ("Цена закуп.", "Цена")
    assert (found.columns[3].index, found.width) == (3, 7)


@pytest.mark.parametrize("header", ["Цена, руб.", "Цена (RUB)", "цена руб", "Розничная цена, ₽"])
def test_takes_the_currency_from_the_header_of_the_price(header: str) -> None:
    assert layout(f"Марка;Модель;Наименование;{header}\n{ROW}").currency == "RUB"


def test_missing_columns_are_reported() -> None:
    with pytest.raises(UnknownColumnsError, match=r"no column for: price.*row 1, with Номенклатура, Артикул") as caught:
        layout("Номенклатура;Артикул\nФара;A-70\n")
    assert "Цена" in caught.value.next_step


def test_a_missing_header_is_reported() -> None:
    with pytest.raises(UnknownColumnsError, match=r"no header.*utf-8"):
        layout(ROW * 40)


def test_a_header_has_one_meaning() -> None:
    tables = (*columns._FIELD_HEADERS.values(), *columns._PROPERTY_HEADERS.values())
    headers = [header for line in tables for header in line.split(", ")]
    assert sorted(headers) == sorted(set(headers))
    assert [plain_header(header) for header in headers] == headers
    assert set(columns.REQUIRED) < set(Field)


@pytest.mark.parametrize("header", ["Каталожный №", "КАТАЛОЖНЫИ\u0306 №", "\ufeffКата\u00adложный, №", "каталожный"])
def test_headers_are_compared_without_case_and_punctuation(header: str) -> None:
    assert plain_header(header) == "каталожный"


@pytest.mark.parametrize("text", ["a;b\nc;d\n", "Артикул;Номенклатура\nA-1;Фара\n"])
def test_standard_input_is_named_as_such(text: str) -> None:
    with pytest.raises(UnknownColumnsError, match=r"^Standard input has no "):
        recognise(csv_table(text), Path("-"))


_WIDE = 16_384
_MOST_SECONDS = 15


def _wide(*rows: Iterable[object]) -> str:
    return "".join(";".join(map(str, cells)) + "\n" for cells in rows)


@pytest.mark.parametrize(
    "text",
    [
        _wide(["Имя", "Цена", *(f"Склад Омск {n}" for n in range(_WIDE - 2))], ["Фара", 7, *"x" * (_WIDE - 2)]),
        _wide(*[[f"слово {column}" for column in range(_WIDE)]] * 60),
        _wide(["", "Наименование"], *[[f"x{column}" for column in range(_WIDE)]] * 60),
    ],
    ids=["warehouses", "texts", "columns without a header"],
)
def test_a_list_with_as_many_columns_as_a_sheet_has_is_recognised_within_seconds(text: str) -> None:
    table = csv_table(text)
    started = time.process_time()
    with suppress(UnknownColumnsError):
        recognise(table, PATH)
    assert time.process_time() - started < _MOST_SECONDS


def test_the_time_to_find_a_header_grows_with_the_columns_and_not_with_their_square() -> None:
    titles = "Цена розничная, руб.;".join([""] * (3 * _WIDE + 1)).split(";")[:-1]
    below = [f"слово{column}" for column in range(3 * _WIDE)]
    started = time.process_time()
    assert find_header([Record(1, titles), Record(2, below)]).rows == (1, 2)
    assert time.process_time() - started < _MOST_SECONDS
