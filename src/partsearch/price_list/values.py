"""Readers of the cells of a part's properties.

A reader takes the text of a cell that is not empty. It returns the value, or ``None`` if the text means that there is
none. It raises ValueError for any other text.
"""

import re
from collections.abc import Callable

from partsearch.contract.text import normalize
from partsearch.price_list.numbers import currency_code, read_number

JsonValue = str | int | float | bool
Reader = Callable[[str], JsonValue | None]

EMPTY_CELLS = frozenset(("", "-", "\N{EN DASH}", "\N{EM DASH}"))
_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:[.,]0+)?\s*(?:г\.?|г\.\s*в\.?|год)?")
_PIECES = re.compile(r"\s*(?:шт|штук|компл)\.?$")
_WORDS = {
    True: ("1", "да", "yes", "y", "true", "+", "новая", "новый", "новое", "новые", "новая деталь", "new"),
    False: ("0", "нет", "no", "n", "false", "б/у", "бу", "б у", "б.у.", "used", "контрактная", "контрактный"),
}
_YES_OR_NO = {word: meaning for meaning, words in _WORDS.items() for word in words}
_LARGEST_NUMBER = 10**15
"""Integers up to this are exact in every JSON parser."""


def read_text(text: str) -> JsonValue | None:
    """Return the text unchanged."""
    return text


def read_code(text: str) -> JsonValue | None:
    """Return a code; 0 means none."""
    return None if text == "0" else text


def read_currency(text: str) -> JsonValue | None:
    """Return the code of the currency; an unknown word in upper case."""
    return currency_code(text) or text.upper()


def read_year(text: str) -> JsonValue | None:
    """Return a year of the 20th or 21st century; 0 means none."""
    match = _YEAR.fullmatch(text.lower())
    if match:
        return int(match[1])
    if read_number(text) == 0:
        return None
    raise ValueError(text)


def read_count(text: str) -> JsonValue | None:
    """Return a count: ``2,000`` is 2 and ``4 шт.`` is 4."""
    count = read_number(_PIECES.sub("", text.lower()))
    if count > _LARGEST_NUMBER or count != int(count):
        raise ValueError(text)
    return int(count)


def read_quantity(text: str) -> JsonValue | None:
    """Return a number, an integer if possible."""
    return _read_json_number(text)


def read_measure(text: str) -> JsonValue | None:
    """Return a number; 0 means none."""
    return _read_json_number(text) or None


def read_yes_or_no(text: str) -> JsonValue | None:
    """Return a boolean, from words or from 1 and 0."""
    try:
        return _YES_OR_NO[normalize(text)]
    except KeyError:
        raise ValueError(text) from None


def _read_json_number(text: str) -> int | float:
    number = read_number(text)
    if number > _LARGEST_NUMBER:
        raise ValueError(text)
    return int(number) if number == int(number) else float(number)
