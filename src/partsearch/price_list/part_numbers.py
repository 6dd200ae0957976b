"""Reads cells with part numbers: several in one cell, spoiled by a spreadsheet, or words that are no number."""

import re
from dataclasses import dataclass
from enum import StrEnum

from partsearch.contract.text.cell_words import MONTHS, NO_NUMBER
from partsearch.contract.text.part_numbers import normalize_number
from partsearch.price_list.cells.words import with_single_spaces

_FORMULA = re.compile(r'=\s*"+(.*?)"+')
_FLOAT = re.compile(r"([0-9]{5,})[.,]0")
_PREFIX = re.compile(
    r"(?:артикул|арт|каталожный номер|кат\.?\s*номер|номер|код|oem|оем|part\s*(?:no|number)|art|№)"
    r"\s*[.:№#]*[:.\s№#]\s*",
    re.IGNORECASE,
)
_PIECES_AFTER = re.compile(r"\s+[0-9]+\s?шт\.?$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[EЕ]\+([0-9]{1,3})", re.IGNORECASE)
_DATE = re.compile(
    rf"(?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}(?:[ T][0-9:.]+)?|[0-9]{{1,2}}[./][0-9]{{1,2}}[./](?:19|20)[0-9]{{2}}"
    rf"|[0-9]{{1,2}}[. -](?:{MONTHS})\.?(?:[. -][0-9]{{2,4}})?|(?:{MONTHS})\.?[. -][0-9]{{2,4}}",
    re.IGNORECASE,
)
_WORD = re.compile("[а-яё]{3}")
_SEPARATOR = re.compile(r"\s*[,;|\n]\s*|\s+/\s+|\s+\\\s+")
_SUFFIX = re.compile("[0-9]{2,4}")
_LAST_DIGITS = re.compile(r"[0-9]+$")
_SHORTEST_NUMBER = 4
_SURELY_WHOLE = 8
"""A piece behind a slash of this length or more is no suffix."""


class NumberNote(StrEnum):
    """What a report says about a cell of part numbers."""

    UNWRAPPED = "written as text for a spreadsheet, read without that"
    PREFIX_REMOVED = "a word before the number left out"
    KEPT_WHOLE = "several numbers that cannot be separated, kept as one"
    SPOILED = "spoiled by a spreadsheet: digits are lost"
    DATE = "turned into a date by a spreadsheet"
    NOT_A_NUMBER = "not a part number"


@dataclass(frozen=True)
class PartNumbers:
    """The part numbers of a cell as written, without separators between them, and what is to be reported."""

    values: tuple[str, ...] = ()
    note: NumberNote | None = None


def read_part_numbers(cell: str) -> PartNumbers:
    """Return the part numbers of a cell; none with a note for a spoiled cell or for words, none for an empty cell."""
    text, note = _unwrapped(with_single_spaces(cell).strip())
    if not text.strip("-–—.0 ") or text.lower() in NO_NUMBER:
        return PartNumbers()
    if prefix := _PREFIX.match(text):
        text, note = text[prefix.end() :], NumberNote.PREFIX_REMOVED
    if scientific := _SCIENTIFIC.fullmatch(text):
        return _from_scientific(scientific)
    if _DATE.fullmatch(text):
        return PartNumbers(note=NumberNote.DATE)
    text = _PIECES_AFTER.sub("", text)
    if _WORD.search(text) or not any(character.isdigit() for character in text):
        return PartNumbers(note=NumberNote.NOT_A_NUMBER)
    values = split_numbers(text)
    if len(values) == 1 and _is_ambiguous(values[0]):
        note = note or NumberNote.KEPT_WHOLE
    return PartNumbers(tuple(values), note)


def split_numbers(cell: str) -> list[str]:
    """Return the part numbers of a cell, each once: ``2108-1203040/42`` is 2108-1203040 and 2108-1203042.

    A cell is kept whole if its pieces are not each a number or an unambiguous suffix.
    """
    text = with_single_spaces(cell).strip()
    pieces = [piece for piece in _SEPARATOR.split(text) if piece]
    if not all(map(_is_number, pieces)):
        return [text] if text else []
    return list(dict.fromkeys(number for piece in pieces for number in _with_suffixes(piece)))


def _unwrapped(text: str) -> tuple[str, NumberNote | None]:
    """Return the text without what makes a spreadsheet keep it as text, or shows that it did not."""
    if formula := _FORMULA.fullmatch(text):
        return formula[1].strip(), NumberNote.UNWRAPPED
    if text.startswith("'"):
        return text[1:].strip(), NumberNote.UNWRAPPED
    if whole := _FLOAT.fullmatch(text):
        return whole[1], NumberNote.UNWRAPPED
    return text, None


def _from_scientific(match: re.Match[str]) -> PartNumbers:
    """Return the number if the notation has all its digits: ``7,70106E+5`` has, ``7,70106E+11`` has not."""
    digits = match[1] + (match[2] or "")
    if len(digits) == int(match[3]) + 1:
        return PartNumbers((digits,), NumberNote.UNWRAPPED)
    return PartNumbers(note=NumberNote.SPOILED)


def _is_number(piece: str) -> bool:
    return len(normalize_number(piece)) >= _SHORTEST_NUMBER and any(character.isdigit() for character in piece)


def _with_suffixes(text: str) -> list[str]:
    """Return the numbers that slashes separate, the shortened ones in full; the text if that is ambiguous."""
    first, *others = text.split("/")
    length = len(normalize_number(first))
    lengths = {len(normalize_number(piece)) for piece in (first, *others)}
    if (len(lengths) == 1 and others and _is_number(first)) or min(lengths) >= _SURELY_WHOLE:
        return [first, *others]
    last = _LAST_DIGITS.search(first)
    if last is None or not others or not all(map(_SUFFIX.fullmatch, others)):
        return [text]
    if length <= _SHORTEST_NUMBER or len({len(other) for other in others}) > 1 or len(others[0]) > len(last[0]):
        return [text]
    return [first, *(first[: -len(other)] + other for other in others)]


def _is_ambiguous(value: str) -> bool:
    return "/" in value or bool(_SEPARATOR.search(value))
