"""Recognises part numbers among words."""

import re

from partsearch.contract.text.part_numbers import normalize_number

_NUMBER = re.compile(r"[^\W_]+(?:[-./*]+[^\W_]+)*")
_ONLY_DIGITS_FROM = 5
_WITH_LETTERS_FROM = 6
_DIGITS_BESIDE_LETTERS = 2
_MOST_LETTERS_IN_A_ROW = re.compile("[а-яіїєґ]{5}|[a-z]{7}")
_ZEROS = re.compile(r"0+")


def part_number(text: str) -> str | None:
    """Return the normalised part number that a text may be; ``None`` for a word, a year, a size."""
    if not _NUMBER.fullmatch(text) or _MOST_LETTERS_IN_A_ROW.search(text):
        return None
    number = normalize_number(text)
    digits = sum(map(str.isdigit, number))
    if digits == len(number):
        return number if digits >= _ONLY_DIGITS_FROM and not _ZEROS.fullmatch(number) else None
    return number if len(number) >= _WITH_LETTERS_FROM and digits >= _DIGITS_BESIDE_LETTERS else None
