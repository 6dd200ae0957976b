"""What a cell says of the stock: a count, at least a count, or a word such as ``под заказ``."""

import re
from dataclasses import dataclass
from enum import StrEnum

from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.cells.words import plain_word, with_single_spaces
from partsearch.price_list.numbers import read_decimal

LARGEST_COUNT = 10**15
"""Integers up to this are exact in every JSON parser."""

_LARGEST_USUAL_COUNT = 10_000
_PIECES = re.compile(r"\s*(?:шт|штук[аи]?|комплект[аы]?|компл|к-та?|кт|кмп|пар[аы]?|ед|одиниц[яі]|дана|pcs?)\.?$")
MINUS = ("-", "\N{MINUS SIGN}")
_NEGATIVE = re.compile(r"\s*[-\N{MINUS SIGN}]\s*[0-9]*[1-9]|\s*[-\N{MINUS SIGN}]\s*0[.,]0*[1-9]")
_AT_LEAST = re.compile(
    r"(?:>=?|≥|больше|более|більше|понад|болей|свыше|от|more than|over)\s*(?P<after>.+)|(?P<before>.+?)\s*\+"
)
_DAYS = re.compile(
    r"(?:(?:через|от|до)\s*)?\d{1,3}(?:\s*[-\N{EN DASH}]\s*\d{1,3})?\s*"
    r"(?:раб(?:очих)?\.?\s*)?(?:д|дн|дня|дней|день|сут\w*|нед\w*|час\w*|days?|weeks?|днів|дні|дзён|күн)\.?"
)
_RANGE = re.compile(r"(?P<least>[0-9]{1,6})\s*(?:[-\N{EN DASH}]|\.\.+|…)\s*(?P<most>[0-9]{1,6})(?:\s*шт\.?)?")
_WORD_THEN_MORE = re.compile(r"(?P<word>[^\d<>]+?)\s*[-:(\N{EN DASH}]?\s*(?P<more>[<>]?\s*\d.*?)\s*\)?")
_LESS_THAN = re.compile(r"(?:<=?|≤|меньше|менее|менше|до|less than)\s*[0-9]+")


class Availability(StrEnum):
    """Whether a part can be bought. The values are the words that people read."""

    IN_STOCK = "в наличии"
    OUT_OF_STOCK = "нет в наличии"
    TO_ORDER = "под заказ"
    EXPECTED = "ожидается"
    RESERVED = "резерв"
    SOLD = "продано"

    @property
    def can_be_bought(self) -> bool:
        """Return whether the part can be bought today."""
        return self is Availability.IN_STOCK


_WORDS = {
    Availability.IN_STOCK: "+, ++, +++, *, **, ***, есть, в наличии, на складе, имеется, много, мало, достаточно, "
    "в продаже, в магазине, есть в наличии, есть на складе, да, є, в наявності, "
    "є в наявності, так, есць, у наяўнасці, бар, қоймада бар, in stock, instock, available, yes, true, "
    "готово к отправке, активно, опубликовано",
    Availability.OUT_OF_STOCK: "нет, нет в наличии, нет на складе, нету, отсутствует, закончился, -, \N{EN DASH}, "
    "\N{EM DASH}, немає, "
    "немає в наявності, відсутній, ні, няма, жоқ, out of stock, outofstock, no, false, not available, снято с продажи",
    Availability.TO_ORDER: "заказ, под заказ, на заказ, предзаказ, під замовлення, на замовлення, пад заказ, "
    "тапсырыспен, тапсырыс бойынша, to order, on order, order, preorder, !",
    Availability.EXPECTED: "ожидается, ожидаем, в пути, скоро, очікується, в дорозі, чакаецца, күтілуде, жолда, "
    "expected, in transit",
    Availability.RESERVED: "резерв, в резерве, зарезервировано, зарезервирован, забронировано, бронь, в броні, "
    "заброньовано, reserved",
    Availability.SOLD: "продано, продан, продана, проданы, прададзена, сатылды, sold, sold out",
}
_BY_WORD = {word: availability for availability, words in _WORDS.items() for word in words.split(", ")}


@dataclass(frozen=True)
class Stock:
    """The stock of a part.

    Attributes:
        count: the pieces, if the cell tells; the least number of them if ``is_least``.
        availability: whether it can be bought, if the cell tells.
        is_least: there are ``count`` or more.
        note: what the cell adds, for people; empty if the count says everything.
    """

    count: int | None
    availability: Availability | None = None
    is_least: bool = False
    note: str = ""


def read_availability(text: str) -> Availability:
    """Return what a word says: ``под заказ``.

    Raises:
        ValueError: it is not such a word.
    """
    try:
        return _BY_WORD[plain_word(text)]
    except KeyError:
        raise ValueError(text) from None


def read_stock(text: str, decimal_mark: DecimalMark = DecimalMark.UNDECIDED) -> Stock:
    """Return the stock that ``text`` means: ``4 шт.``, ``2,000``, ``>50``, ``+``, ``под заказ``.

    ``-1`` is 0: more pieces are sold than were booked in, so none can be bought.

    Args:
        text: the cell.
        decimal_mark: that of the column, which decides about ``2,000``.

    Raises:
        AmbiguousNumberError: it is ``2,000``, and the column does not decide.
        ValueError: it is not a stock.
    """
    plain = with_single_spaces(text).strip().lower()
    if word := _BY_WORD.get(plain_word(plain)):
        return Stock(0 if word is Availability.OUT_OF_STOCK else None, word, note=str(word))
    if is_negative_stock(plain):
        read_decimal(_PIECES.sub("", plain[1:]), DecimalMark.COMMA)
        return Stock(0, Availability.OUT_OF_STOCK)
    if _LESS_THAN.fullmatch(plain):
        return Stock(None, Availability.IN_STOCK, note=text)
    if _DAYS.fullmatch(plain):
        return Stock(None, Availability.TO_ORDER, note=text)
    if found := _read_range(plain) or _read_word_and_more(plain, text, decimal_mark):
        return found
    match = _AT_LEAST.fullmatch(plain)
    count = _count(match["after"] or match["before"] if match else plain, decimal_mark)
    availability = Availability.IN_STOCK if count else Availability.OUT_OF_STOCK
    if match:
        return Stock(count, Availability.IN_STOCK, is_least=True, note=f"не менее {count}")
    return Stock(count, availability)


def is_negative_stock(text: str) -> bool:
    """Return whether a cell has a number below zero."""
    return _NEGATIVE.match(text) is not None


def is_stock(text: str) -> bool:
    """Return whether a cell may be a stock; a count over 10,000 is rather a price or a code."""
    try:
        return (read_stock(text, DecimalMark.COMMA).count or 0) <= _LARGEST_USUAL_COUNT
    except ValueError:
        return False


def _read_range(plain: str) -> Stock | None:
    """Return the stock of ``5-10``: at least 5."""
    match = _RANGE.fullmatch(plain)
    if match is None or int(match["least"]) >= int(match["most"]):
        return None
    least = int(match["least"])
    return Stock(least, Availability.IN_STOCK if least else None, is_least=True, note=plain)


def _read_word_and_more(plain: str, text: str, decimal_mark: DecimalMark) -> Stock | None:
    """Return the stock of ``в наличии (3 шт.)`` and ``под заказ 3-5 дней``; ``None`` if no word of stock begins it."""
    match = _WORD_THEN_MORE.fullmatch(plain)
    word = _BY_WORD.get(plain_word(match["word"])) if match else None
    if match is None or word is None:
        return None
    if word is not Availability.IN_STOCK:
        return Stock(0 if word is Availability.OUT_OF_STOCK else None, word, note=text)
    stock = read_stock(match["more"], decimal_mark)
    return stock if stock.count else None


def _count(text: str, decimal_mark: DecimalMark) -> int:
    number = read_decimal(_PIECES.sub("", text), decimal_mark)
    if number > LARGEST_COUNT or number != int(number):
        raise ValueError(text)
    return int(number)
