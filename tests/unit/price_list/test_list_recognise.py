from pathlib import Path

import pytest
from tests.support.price_lists import csv_table

from partsearch.price_list import columns
from partsearch.price_list.columns import Field, plain_header
from partsearch.price_list.errors import UnknownColumnsError
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
