"""The meaning of a column by its cells, for columns whose header says nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, median_high

from partsearch.price_list.cells.currencies import currency_code
from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.cells.stock import is_stock, read_stock
from partsearch.price_list.cells.words import CONDITIONS, POSITIONS, SIDES, UNITS, plain_word
from partsearch.price_list.columns import PROPERTIES, Field, Meaning
from partsearch.price_list.layouts.known_vehicles import is_mark, is_model
from partsearch.price_list.layouts.layout import Certainty
from partsearch.price_list.numbers import read_price

_MOST = 0.85
_MANY = 0.7
_PHOTO = re.compile(r"https?://\S+", re.IGNORECASE)
_YEAR = re.compile(r"(?:19[5-9][0-9]|20[0-4][0-9])(?:\s*-\s*(?:19|20)[0-9]{2})?")
_PART_NUMBER = re.compile(r"(?=[^a-zа-я]*[0-9])[0-9A-ZА-Яa-zа-я][0-9A-ZА-Яa-zа-я ./_-]{3,24}")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MONEY = re.compile(r"[0-9][.,][0-9]{2}\b")
_ALL_DIGITS = re.compile(r"[0-9]+")
_LONGEST_MAKER = 25
_SMALLEST_USUAL_PRICE = 5
_LARGEST_USUAL_PRICE = 50_000_000
_SHORTEST_CODE = 5
_FEW_CELLS = 3
_BARCODE = re.compile(r"[0-9]{13}")


@dataclass(frozen=True)
class ColumnGuess:
    """The meaning that the cells of a column suggest."""

    meaning: Meaning
    certainty: Certainty
    why: str
    score: float


def guess_meanings(columns: Sequence[Sequence[str]]) -> list[list[ColumnGuess]]:
    """Return for each column what its cells may mean, the best first.

    Args:
        columns: the cells of each column that are not empty.
    """
    return [sorted(_guesses(cells), key=lambda guess: -guess.score) if cells else [] for cells in columns]


def _guesses(cells: Sequence[str]) -> list[ColumnGuess]:
    return [
        guess
        for find in (_mark, _model, _by_words, _price, _stock, _name, _part_number, _maker)
        if (guess := find(cells))
    ]


def _share(cells: Sequence[str], is_one: Callable[[str], object]) -> float:
    return fmean(bool(is_one(cell)) for cell in cells)


def _mark(cells: Sequence[str]) -> ColumnGuess | None:
    if _share(cells, is_mark) < _MOST:
        return None
    return ColumnGuess(Field.MARK, Certainty.LIKELY, "the cells are marks of cars", 4)


def _model(cells: Sequence[str]) -> ColumnGuess | None:
    """Return that the cells are models. Numbers alone show none: ``2110`` is a count, too."""
    if _share(cells, is_model) < _MANY or _share(cells, _LETTER.search) < 0.5:
        return None
    return ColumnGuess(Field.MODEL, Certainty.LIKELY, "the cells are models of cars", 3.5)


def _by_words(cells: Sequence[str]) -> ColumnGuess | None:
    """Return the meaning of a column whose cells nearly all come from one small set, or have one shape."""
    tests: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("photo", _PHOTO.match),
        ("year", _YEAR.fullmatch),
        ("is_new_part", lambda cell: plain_word(cell) in CONDITIONS),
        ("currency", currency_code),
        ("side", lambda cell: plain_word(cell) in SIDES),
        ("position", lambda cell: plain_word(cell) in POSITIONS),
        ("unit", lambda cell: plain_word(cell) in UNITS),
    )
    for key, is_one in tests:
        if _share(cells, is_one) >= _MOST:
            return ColumnGuess(PROPERTIES[key], Certainty.LIKELY, f"nearly every cell is a {key}", 2)
    return None


def _price(cells: Sequence[str]) -> ColumnGuess | None:
    amounts = [price for cell in cells if (price := _amount(cell)) is not None]
    if len(amounts) < _MOST * len(cells) or _is_sequence(cells) or median_high(amounts) > _LARGEST_USUAL_PRICE:
        return None
    if _share(cells, _names_currency) >= 0.5:
        return ColumnGuess(Field.PRICE, Certainty.LIKELY, "the cells are amounts with a currency", 3)
    if _share(cells, _MONEY.search) >= 0.5 and median_high(amounts) >= _SMALLEST_USUAL_PRICE:
        return ColumnGuess(Field.PRICE, Certainty.LIKELY, "the cells are amounts with two decimals", 2)
    if _share(cells, lambda cell: cell[0] == "0" and len(cell) > 1 and cell[1].isdigit()):
        return None
    if _are_codes(cells):
        return None
    median = median_high(amounts)
    return ColumnGuess(Field.PRICE, Certainty.GUESS, "the cells are numbers", min(float(median), 10_000) / 10_000)


def _are_codes(cells: Sequence[str]) -> bool:
    """Return whether whole numbers are rather codes: all different, of one length, and few of them round."""
    is_alike = len({len(cell) for cell in cells}) == 1 and len(cells[0]) >= _SHORTEST_CODE
    is_different = len(set(cells)) == len(cells) > _FEW_CELLS
    return is_alike and is_different and _share(cells, lambda cell: cell.endswith(("0", "99"))) < 0.5


def _amount(cell: str) -> Decimal | None:
    try:
        return read_price(cell, DecimalMark.COMMA).amount
    except ValueError:
        return None


def _names_currency(cell: str) -> bool:
    try:
        return bool(read_price(cell, DecimalMark.COMMA).currency)
    except ValueError:
        return False


def _is_sequence(cells: Sequence[str]) -> bool:
    """Return whether the cells are numbers that rise: the row numbers or codes of another system."""
    if not all(_ALL_DIGITS.fullmatch(cell) for cell in cells):
        return False
    numbers = [Decimal(cell) for cell in cells]
    rising = sum(after > before for before, after in pairwise(numbers))
    return len(numbers) > 2 and rising >= _MOST * (len(numbers) - 1)


def _stock(cells: Sequence[str]) -> ColumnGuess | None:
    if _share(cells, is_stock) < _MOST or _is_sequence(cells):
        return None
    with_words = _share(cells, lambda cell: not _ALL_DIGITS.fullmatch(cell))
    if with_words and with_words < 1:
        return ColumnGuess(PROPERTIES["count"], Certainty.LIKELY, "the cells are counts and words of stock", 2)
    if with_words == 1 and _share(cells, _is_stock_word) >= _MOST:
        return ColumnGuess(PROPERTIES["available"], Certainty.LIKELY, "the cells are words of stock", 2)
    if _share(cells, _MONEY.search) > 0:
        return None
    median = sorted(_count(cell) for cell in cells)[len(cells) // 2]
    return ColumnGuess(PROPERTIES["count"], Certainty.GUESS, "the cells are small numbers", 1 / (1 + median))


def _count(cell: str) -> int:
    try:
        return read_stock(cell, DecimalMark.COMMA).count or 0
    except ValueError:
        return 0


def _is_stock_word(cell: str) -> bool:
    return is_stock(cell) and not any(map(str.isdigit, cell))


def _name(cells: Sequence[str]) -> ColumnGuess | None:
    if _share(cells, _WORD.search) < _MOST or _share(cells, _PHOTO.match) > 0.1:
        return None
    variety = len(set(cells)) / len(cells)
    length = fmean(map(len, cells))
    if length < 5 or length > 200 or (len(cells) > 3 and variety < 0.2):
        return None
    numbered = _share(cells, lambda cell: any(map(str.isdigit, cell.split()[0])))
    listed = _share(cells, lambda cell: ", " in cell or cell[0].islower())
    score = variety + min(length, 30) / 60 - numbered - listed / 2
    return ColumnGuess(Field.NAME, Certainty.LIKELY, "the cells are different texts of words", score)


def _part_number(cells: Sequence[str]) -> ColumnGuess | None:
    if _share(cells, _PART_NUMBER.fullmatch) < _MANY or _is_sequence(cells) or all(map(_BARCODE.fullmatch, cells)):
        return None
    if _share(cells, lambda cell: _WORD.search(cell) and " " in cell) > 0.3:
        return None
    variety = len(set(cells)) / len(cells)
    marked = _share(cells, lambda cell: not _ALL_DIGITS.fullmatch(cell))
    if variety < 0.5 or (marked < 0.1 and _share(cells, lambda cell: len(cell) >= 6) < _MOST):
        return None
    if _share(cells, lambda cell: _MONEY.search(cell) or _names_currency(cell)) > 0.3:
        return None
    return ColumnGuess(PROPERTIES["article"], Certainty.LIKELY, "the cells look like numbers of parts", 1 + variety)


def _maker(cells: Sequence[str]) -> ColumnGuess | None:
    variety = len(set(cells)) / len(cells)
    is_name = _share(cells, lambda cell: _WORD.search(cell) and len(cell) <= _LONGEST_MAKER and "/" not in cell)
    if (
        len(set(cells)) == 1
        or is_name < _MOST
        or (variety > 0.5 and len(cells) > 3)
        or _share(cells, _is_stock_word) > 0
    ):
        return None
    return ColumnGuess(PROPERTIES["brand"], Certainty.GUESS, "a few short names repeat", (1 - variety) / 2)
