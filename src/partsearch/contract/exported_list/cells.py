"""The cells of a value of ``json_data``: each function returns the cell that the import reads as exactly this value.

It returns ``None`` if there is no such cell; the value then stands in the last column. The readers of the import are in
``price_list/values.py``.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from unicodedata import is_normalized
from unicodedata import normalize as in_form

from partsearch.contract.text.cell_words import CURRENCIES, EMPTY_CELLS, LEVELS, MONTHS, NO_NUMBER, POSITIONS, SIDES
from partsearch.contract.text.normalized import INVISIBLE

Cell = str | int | Decimal
"""A text, or a number."""

WriteCell = Callable[[object], Cell | None]

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_LONGEST_TEXT = 2_000
_LARGEST_COUNT = 10**15
_MOST_DIGITS = 15
_MOST_DECIMALS = 6
_LIKE_SPOILED = re.compile(
    rf"[+='’\"]|[.,]0|(?:19|20)[0-9]{{2}}-[0-9]{{2}}-|\.[0-9]{{2}}\."
    rf"|[0-9][. -](?:{MONTHS})|(?:{MONTHS})\.?[. -][0-9]",
    re.IGNORECASE,
)
_SIGNIFICANT = re.compile("[1-9A-Za-zА-Яа-я]")
_ADDRESS = re.compile(r"https?://[^\s,;|]+")


def shown_text(text: str) -> str:
    """Return a name as a cell shows it: no invisible and no control characters, single spaces, form NFC.

    A text that is shown so is returned unchanged.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    plain = _INVISIBLE.sub("", "".join(each if each.isprintable() else " " for each in text))
    return " ".join(in_form("NFC", plain).split())


def is_plain(text: str) -> bool:
    """Return whether the import reads a cell with this text as this text."""
    return (
        text not in EMPTY_CELLS
        and len(text) <= _LONGEST_TEXT
        and text.isprintable()
        and text == text.strip()
        and (text.isascii() or (is_normalized("NFC", text) and not _INVISIBLE.search(text)))
    )


def write_text(value: object) -> Cell | None:
    """Return a text."""
    return value if isinstance(value, str) and is_plain(value) else None


def write_code(value: object) -> Cell | None:
    """Return a text other than ``0``, which means none."""
    return None if value == "0" else write_text(value)


def write_part_number(value: object) -> Cell | None:
    """Return the number of a part that does not look like a date, a rounded number or a formula."""
    if not isinstance(value, str) or value.strip().lower() in NO_NUMBER:
        return None
    if _LIKE_SPOILED.search(value) or not _SIGNIFICANT.search(value):
        return None
    return write_text(value)


def write_currency(value: object) -> Cell | None:
    """Return the code of a currency."""
    return _one_of(CURRENCIES, value)


def write_side(value: object) -> Cell | None:
    """Return ``левая``, ``правая`` or ``левая/правая``."""
    return _one_of(SIDES, value)


def write_position(value: object) -> Cell | None:
    """Return ``перед``, ``зад`` or ``перед/зад``."""
    return _one_of(POSITIONS, value)


def write_level(value: object) -> Cell | None:
    """Return ``верх``, ``низ`` or ``верх/низ``."""
    return _one_of(LEVELS, value)


def _one_of(words: tuple[str, ...], value: object) -> Cell | None:
    return value if isinstance(value, str) and value in words else None


def write_condition(value: object) -> Cell | None:
    """Return whether a part is new, as a word."""
    return ("новая" if value else "б/у") if isinstance(value, bool) else None


def write_available(value: object) -> Cell | None:
    """Return whether a part is in stock: 1 or 0."""
    return int(value) if isinstance(value, bool) else None


def write_year(value: object) -> Cell | None:
    """Return a year from 1900 to 2099."""
    return value if type(value) is int and 1900 <= value < 2100 else None


def write_count(value: object) -> Cell | None:
    """Return a whole number from 0."""
    return value if type(value) is int and 0 <= value <= _LARGEST_COUNT else None


def write_measure(value: object) -> Cell | None:
    """Return a number above 0; 0 means none."""
    return write_quantity(value) if value else None


def write_quantity(value: object) -> Cell | None:
    """Return a number from 0 that a spreadsheet keeps exactly."""
    if type(value) is int:
        return value if 0 <= value < _LARGEST_COUNT else None
    if not isinstance(value, float) or value <= 0 or value.is_integer():
        return None
    number = Decimal(repr(value))
    sign_digits_exponent = number.as_tuple()
    exponent = sign_digits_exponent.exponent
    fits = isinstance(exponent, int) and -_MOST_DECIMALS <= exponent < 0 and number < _LARGEST_COUNT
    return number if fits and len(sign_digits_exponent.digits) <= _MOST_DIGITS else None


def write_photos(value: object) -> Cell | None:
    """Return an address, or several of a list with commas between them."""
    addresses = value if isinstance(value, list) and len(value) > 1 else [value]
    texts = [each for each in addresses if isinstance(each, str) and _ADDRESS.fullmatch(each) and is_plain(each)]
    return ", ".join(texts) if len(texts) == len(addresses) else None
