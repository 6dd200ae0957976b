import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.cells.stock import Availability, Stock, read_stock
from partsearch.price_list.numbers import AmbiguousNumberError


@pytest.mark.parametrize(
    ("text", "stock"),
    [
        ("4 шт.", Stock(4, Availability.IN_STOCK)),
        ("0", Stock(0, Availability.OUT_OF_STOCK)),
        ("1 000,000", Stock(1000, Availability.IN_STOCK)),
        ("> 10", Stock(10, Availability.IN_STOCK, is_least=True, note="не менее 10")),
        ("более 50 шт", Stock(50, Availability.IN_STOCK, is_least=True, note="не менее 50")),
        ("<5", Stock(None, Availability.IN_STOCK, note="<5")),
        ("В наличии", Stock(None, Availability.IN_STOCK, note="в наличии")),
        ("заказ", Stock(None, Availability.TO_ORDER, note="под заказ")),
        ("Очікується", Stock(None, Availability.EXPECTED, note="ожидается")),
        ("жоқ", Stock(0, Availability.OUT_OF_STOCK, note="нет в наличии")),
        ("В наличии (3 шт.)", Stock(3, Availability.IN_STOCK)),
        ("есть: >5", Stock(5, Availability.IN_STOCK, is_least=True, note="не менее 5")),
        ("Под заказ 3-5 дней", Stock(None, Availability.TO_ORDER, note="Под заказ 3-5 дней")),
        ("ожидается 15.12", Stock(None, Availability.EXPECTED, note="ожидается 15.12")),
        ("Нет на складе", Stock(0, Availability.OUT_OF_STOCK, note="нет в наличии")),
        ("1-2 дня", Stock(None, Availability.TO_ORDER, note="1-2 дня")),
        ("5-10 шт", Stock(5, Availability.IN_STOCK, is_least=True, note="5-10 шт")),
        ("***", Stock(None, Availability.IN_STOCK, note="в наличии")),
        ("-1", Stock(0, Availability.OUT_OF_STOCK)),
        ("-2,000 шт.", Stock(0, Availability.OUT_OF_STOCK)),
        ("Есть в наличии: 5 шт", Stock(5, Availability.IN_STOCK)),
        ("5..10", Stock(5, Availability.IN_STOCK, is_least=True, note="5..10")),
        ("3 пары", Stock(3, Availability.IN_STOCK)),
        ("1 к-т", Stock(1, Availability.IN_STOCK)),
    ],
)
def test_reads_a_stock(text: str, stock: Stock) -> None:
    assert read_stock(text) == stock


def test_the_column_decides_about_thousandths() -> None:
    assert read_stock("2,000", DecimalMark.COMMA).count == 2
    assert read_stock("2,000", DecimalMark.DOT).count == 2000
    with pytest.raises(AmbiguousNumberError):
        read_stock("2,000")


@given(st.integers(0, 10**9), st.sampled_from(["{}", "{} шт.", ">{}", "{}+", "от {}", "{},0"]))
def test_every_writing_of_a_count_is_read_back(count: int, writing: str) -> None:
    assert read_stock(writing.format(count)).count == count


@given(st.text(max_size=20))
def test_any_text_is_a_stock_or_a_value_error(text: str) -> None:
    try:
        stock = read_stock(text)
    except ValueError:
        return
    assert stock.count is None or stock.count >= 0
