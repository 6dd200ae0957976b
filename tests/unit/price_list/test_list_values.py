import math

import pytest

from partsearch.price_list import values


def same(value: object, expected: object) -> bool:
    return value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.read_year, "1995", 1995),
        (values.read_yes_or_no, "Новыи\u0306", True),
        (values.read_yes_or_no, "не\u00adт", False),
        (values.read_year, "1995 г.в.", 1995),
        (values.read_year, "2001 г.", 2001),
        (values.read_year, "0", None),
        (values.read_count, "4", 4),
        (values.read_count, "2,000", 2),
        (values.read_count, "1\N{NO-BREAK SPACE}000,000", 1000),
        (values.read_count, "3 шт.", 3),
        (values.read_measure, "3000", 3000),
        (values.read_measure, "7.5", 7.5),
        (values.read_measure, "7.0", 7),
        (values.read_measure, "0.0", None),
        (values.read_quantity, "0", 0),
        (values.read_code, "0", None),
        (values.read_code, "2", "2"),
        (values.read_text, "0", "0"),
        (values.read_currency, "$", "USD"),
        (values.read_currency, "руб", "RUB"),
        (values.read_currency, "pln", "PLN"),
        (values.read_yes_or_no, "1", True),
        (values.read_yes_or_no, "0", False),
        (values.read_yes_or_no, "Новая", True),
        (values.read_yes_or_no, "Б/У", False),
    ],
)
def test_reads_a_cell_as_its_type(read: values.Reader, text: str, expected: object) -> None:
    assert same(read(text), expected)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.read_year, "1895"),
        (values.read_year, "1995-2001"),
        (values.read_year, "девяностые"),
        (values.read_count, ">50"),
        (values.read_count, "-1"),
        (values.read_count, "52,500"),
        (values.read_count, "ожидается"),
        (values.read_count, "9" * 40),
        (values.read_measure, "2.0 TDI"),
        (values.read_quantity, "9" * 400),
        (values.read_yes_or_no, "хорошее"),
    ],
)
def test_rejects_a_cell_of_another_type(read: values.Reader, text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_numbers_are_finite() -> None:
    number = values.read_quantity("0." + "0" * 400 + "1")
    assert isinstance(number, float)
    assert math.isfinite(number)
