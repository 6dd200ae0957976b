from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partsearch.contract.limits import PRICE_MAXIMUM
from partsearch.price_list.cells.number_style import DecimalMark, NumberStyle, NumberStyleVotes
from partsearch.price_list.numbers import AmbiguousNumberError, NoPriceError, Price, read_number, read_price

NBSP = "\N{NO-BREAK SPACE}"


def find_number_style(values: Iterable[str], *, is_count: bool = False) -> NumberStyle:
    """Return the style of a column, from its cells."""
    votes = NumberStyleVotes()
    for value in values:
        votes.add(value)
    return votes.style(is_count=is_count)


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
        ("4.9E-5", "0.00", ""),
        ("1,5e3", "1500", ""),
        ("1500=", "1500", ""),
        ("1500-00", "1500", ""),
        ("22 030,60р.", "22030.60", "RUB"),
        ("1 500 руб/шт", "1500", "RUB"),
        ("1 500 руб. 50 коп.", "1500.50", "RUB"),
        ("1 040-50", "1040.50", ""),
        ("1040-50 руб.", "1040.50", "RUB"),
        ("1500р.5к.", "1500.05", "RUB"),
        ("€ 1 500,-", "1500", "EUR"),
        ("35 тыс. руб.", "35000", "RUB"),
        ("12,5 т.р.", "12500", "RUB"),
        ("1,2 млн", "1200000", ""),
        ("1 500,00 руб. с НДС", "1500", "RUB"),
        ("2500 руб (в т.ч. НДС)", "2500", "RUB"),
        ("Цена: 70 грн", "70", "UAH"),
        ("99 грн за шт.", "99", "UAH"),
        ("12 000 ₸", "12000", "KZT"),
        ("150 000 сум", "150000", "UZS"),
        ("CNY 80", "80", "CNY"),
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
        "70 штук",
        "$70 USD",
        "1000-1500",
        "500 руб/100шт",
        "1,5 руб 50 коп",
        "35 тонн",
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
@example("9" * 5_000)
@example("9" * 5_000 + "-50")
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


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1,234", "12,50"], DecimalMark.COMMA),
        (["1,234", "1 000,000"], DecimalMark.COMMA),
        (["1,234", "1.234.567"], DecimalMark.COMMA),
        (["1,234", "1,234.50"], DecimalMark.DOT),
        (["1,234", "12.5"], DecimalMark.DOT),
        (["1,234", "1,234,567 руб."], DecimalMark.DOT),
        (["1,234", "0,125"], DecimalMark.COMMA),
        (["1,234", "1234.5678"], DecimalMark.DOT),
        (["1,234", "5000", "договорная"], DecimalMark.UNDECIDED),
        (["1,234", "12,50", "12.50"], DecimalMark.UNDECIDED),
        (["2,000", "3,000"], DecimalMark.UNDECIDED),
    ],
)
def test_the_other_values_of_a_column_decide_its_decimal_mark(values: list[str], mark: DecimalMark) -> None:
    assert find_number_style(values).decimal_mark is mark
    assert find_number_style(reversed(values)).decimal_mark is mark


def test_thousandths_of_counts_are_decimals_unless_a_value_says_otherwise() -> None:
    assert find_number_style(["2,000", "3,000"], is_count=True).decimal_mark is DecimalMark.COMMA
    assert find_number_style(["2,000", "3,500"], is_count=True).decimal_mark is DecimalMark.UNDECIDED
    assert find_number_style(["2,000", "3.000"], is_count=True).decimal_mark is DecimalMark.UNDECIDED
    assert find_number_style(["2,000", "1,000,000"], is_count=True).decimal_mark is DecimalMark.DOT


def test_a_style_says_what_is_ambiguous() -> None:
    style = find_number_style(["1,234", "2,500", "7"])
    assert style == NumberStyle(DecimalMark.UNDECIDED, 0, 0, 2, thousandths=False)
    assert style.is_undecided
    assert not find_number_style(["7", "12,50", "12.50"]).is_undecided
    assert find_number_style(["12,50", "1.5"]).why == "the decimal mark is a comma in 1 values and a dot in 1"


@pytest.mark.parametrize(
    ("mark", "amount"), [(DecimalMark.COMMA, "1.23"), (DecimalMark.DOT, "1234"), (DecimalMark.UNDECIDED, "")]
)
def test_an_ambiguous_price_is_read_as_its_column_is(mark: DecimalMark, amount: str) -> None:
    if amount:
        assert read_price("1,234 руб.", mark).amount == Decimal(amount)
        return
    with pytest.raises(AmbiguousNumberError):
        read_price("1,234 руб.", mark)


@pytest.mark.parametrize("text", ["договорная", " Договорная. ", "по запросу", "Договірна"])
def test_a_price_on_request_is_no_price(text: str) -> None:
    with pytest.raises(NoPriceError):
        read_price(text)


def test_what_a_price_does_not_say_exactly_is_kept() -> None:
    assert read_price("от 1500 руб") == Price(Decimal(1500), "RUB", is_least=True)
    assert read_price("~1500 р.") == Price(Decimal(1500), "RUB", is_least=True)
    assert read_price("¥1500") == Price(Decimal(1500), unclear_currency="¥")


written = st.sampled_from([(" ", ","), (NBSP, ","), ("'", "."), ("", ","), ("", "."), (",", "."), (".", ",")])


@given(prices, written, st.sampled_from(["{}", "{} руб.", "${}", "{}=", "от {}", "{} USD/шт", "{} грн за шт"]))
def test_every_writing_of_a_price_is_read_back(price: Decimal, style: tuple[str, str], around: str) -> None:
    group, point = style
    number = f"{price:,.2f}".replace(",", "G").replace(".", "P").replace("G", group).replace("P", point)
    assert read_price(around.format(number)).amount == price


@given(st.lists(prices, min_size=1), st.sampled_from([(",", "."), (".", ",")]), st.data())
def test_a_column_with_one_clear_value_is_read_as_it_was_written(
    amounts: list[Decimal], style: tuple[str, str], data: st.DataObject
) -> None:
    group, point = style
    whole = data.draw(st.lists(st.integers(0, 999_999)))
    column = [f"{number:,}".replace(",", group) for number in whole]
    column += [f"{amount:,.2f}".replace(",", "G").replace(".", point).replace("G", group) for amount in amounts]
    mark = find_number_style(column).decimal_mark
    assert [read_price(text, mark).amount for text in column] == [*map(Decimal, whole), *amounts]


GROUPS = [
    "",
    " ",
    NBSP,
    "\N{NARROW NO-BREAK SPACE}",
    "\N{THIN SPACE}",
    "'",
    "\N{RIGHT SINGLE QUOTATION MARK}",
    ".",
    ",",
]
CENTS = ["-{:02}", ".{:02}", ",{:02}", " руб. {:02} коп.", "р.{:02}к."]
NO_CENTS = ["", "-00", ",-", "=", ".00", ",00", ".0"]
AROUND = ["{}", "{} руб.", "{}р", "$ {}", "€{}", "{} USD", "{} KZT", "от {}", "~{}", "{} с НДС", "цена {}", "{}/шт"]


@given(
    st.integers(0, 10**9),
    st.integers(0, 99),
    st.sampled_from(GROUPS),
    st.sampled_from(CENTS + NO_CENTS),
    st.sampled_from(AROUND),
)
def test_no_writing_of_a_price_is_read_as_another_price(
    whole: int, cents: int, group: str, end: str, around: str
) -> None:
    amount = Decimal(whole) + (Decimal(cents) / 100 if end in CENTS else 0)
    number = f"{whole:,}".replace(",", group) + end.format(cents)
    try:
        price = read_price(around.format(number), find_number_style([number]).decimal_mark)
    except ValueError:
        return
    assert price.amount == amount


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(GROUPS[:-2]), st.sampled_from(CENTS[1:3] + NO_CENTS))
def test_every_writing_without_an_ambiguous_mark_is_read(whole: int, cents: int, group: str, end: str) -> None:
    amount = Decimal(whole) + (Decimal(cents) / 100 if end in CENTS else 0)
    number = f"{whole:,}".replace(",", group) + end.format(cents)
    for around in AROUND:
        assert read_price(around.format(number)).amount == amount
