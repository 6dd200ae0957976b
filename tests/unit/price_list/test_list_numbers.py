from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.contract.limits import PRICE_MAXIMUM
from partsearch.price_list.numbers import Price, read_number, read_price

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("70", "70", ""),
        ("1873,50", "1873.50", ""),
        (f"1{NBSP}873,50", "1873.50", ""),
        ("1\N{NARROW NO-BREAK SPACE}873,50", "1873.50", ""),
        ("1'873.50", "1873.50", ""),
        ("12 345 678", "12345678", ""),
        ("1,873.50", "1873.50", ""),
        ("1.873,50", "1873.50", ""),
        ("1.234.567", "1234567", ""),
        ("1 873,505", "1873.51", ""),
        ("1234,500", "1234.50", ""),
        ("0,125", "0.13", ""),
        ("1873.4999999999998", "1873.50", ""),
        ("70 USD", "70", "USD"),
        ("$70", "70", "USD"),
        ("70$", "70", "USD"),
        ("100 руб.", "100", "RUB"),
        ("100р", "100", "RUB"),
        ("55,5 бел. руб.", "55.5", "BYN"),
        ("-5", "-5", ""),
        ("0", "0", ""),
    ],
)
def test_reads_a_price(text: str, amount: str, currency: str) -> None:
    assert read_price(text) == Price(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "договорная",
        "1,873",
        "1.873",
        "2,000",
        "12 34",
        "1234 567",
        "1.234.56",
        "1,23,456",
        "10-20",
        "4.9E-5",
        "1e5",
        "70 штук",
        "$70 USD",
        "от 100",
        "100 200,5 3",
        "١٢٣",
        "NaN",
        "Infinity",
    ],
)
def test_rejects_a_text_that_is_no_price_or_an_ambiguous_one(text: str) -> None:
    with pytest.raises(ValueError):
        read_price(text)


prices = st.decimals(0, PRICE_MAXIMUM, places=2)


@given(prices, st.sampled_from([(" ", ","), (NBSP, ","), (" ", "."), (",", "."), (".", ","), ("", ","), ("", ".")]))
def test_every_price_is_read_as_it_was_written(price: Decimal, style: tuple[str, str]) -> None:
    group, point = style
    written = f"{price:,.2f}".replace(",", "G").replace(".", "P").replace("G", group).replace("P", point)
    assert read_price(written).amount == price


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_a_value_error(text: str) -> None:
    try:
        price = read_price(text)
    except ValueError:
        return
    assert price.amount.is_finite()


@pytest.mark.parametrize(
    ("text", "number"), [("2,000", "2"), (f"1{NBSP}000,000", "1000"), ("7.0", "7"), ("72.6", "72.6"), ("0", "0")]
)
def test_a_single_separator_of_a_number_is_that_of_its_decimals(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)
