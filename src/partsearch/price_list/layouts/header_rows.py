"""Finds the header of a list: the row with the most known columns, and the rows above and below that complete it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from partsearch.contract.exported_list.part import REFERENCE_HEADER
from partsearch.price_list.columns import Field, Meaning, plain_header
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.headers import is_note, read_header

HEADER_WITHIN = 60
_FEWEST_MEANINGS = 2
_MOST_ROWS_BESIDE = 2
_LONGEST_TITLE = 40
_MOST_TITLES = 1_000
"""Of a row, that are read to find the header. Real lists have up to a hundred columns."""

NUMBER = re.compile(r"[-+]?[0-9][0-9 .,'\N{NO-BREAK SPACE}]*%?")
AMOUNT = re.compile(NUMBER.pattern + r"(?: [A-Z]{3})?")
"""A number, or an amount with the code of its currency, as the number format of a workbook shows it."""

_LEADING = frozenset(("name", "price", "sum", "article", "oem", "wholesale price", "brand"))
"""A header has at least one of these columns. Cells of goods, such as ``новая`` and ``шт``, are headers elsewhere."""


@dataclass(frozen=True)
class Header:
    """The header of a list.

    Attributes:
        rows: the numbers of its records; empty if the list has none.
        titles: the title of each column, joined from all rows.
    """

    rows: tuple[int, ...]
    titles: tuple[str, ...]

    @property
    def is_exported(self) -> bool:
        """Whether it is the header of an exported list."""
        return _is_exported(self.titles)


NO_HEADER = Header((), ())


def find_header(records: Sequence[Record], *, is_first: bool = False) -> Header:
    """Return the header.

    Args:
        records: the first records of the list.
        is_first: the first record is known to be the header.
    """
    if records and (is_first or _is_exported(records[0].cells)):
        return Header((records[0].number,), tuple(records[0].cells))
    first_records = list(enumerate(records[:HEADER_WITHIN]))
    candidates = [index for index, record in first_records if may_be_header(record)]
    candidates = candidates or [index for index, record in first_records if _may_be_short_header(record)]
    if not candidates:
        return NO_HEADER
    index = max(candidates, key=lambda index: len(_meanings(records[index].cells)))
    first = last = index
    titles = list(records[index].cells)
    while index - first < _MOST_ROWS_BESIDE and first > 0:
        wider = _joined(records[first - 1], titles)
        if wider is None:
            break
        first, titles = first - 1, wider
    while last - index < _MOST_ROWS_BESIDE and last + 1 < len(records):
        wider = _joined_below(titles, records[last + 1])
        if wider is None:
            break
        last, titles = last + 1, wider
    return Header(tuple(record.number for record in records[first : last + 1]), tuple(titles))


def _is_exported(titles: Sequence[str]) -> bool:
    """Return whether titles are those of an exported list, whose header stands alone."""
    return bool(titles) and titles[0] == REFERENCE_HEADER


def may_be_header(record: Record) -> bool:
    """Return whether the cells of a record name columns of goods."""
    if record.error or has_numbers(record.cells):
        return False
    meanings = _meanings(record.cells)
    return len(meanings) >= _FEWEST_MEANINGS and any(str(meaning) in _LEADING for meaning in meanings)


def _may_be_short_header(record: Record) -> bool:
    """Return whether a row without digits names a price or a name beside a title that is unknown."""
    filled = [cell for cell in record.cells if cell]
    if record.error or len(filled) < _FEWEST_MEANINGS or any(map(str.isdigit, "".join(filled))):
        return False
    return len(max(filled, key=len)) <= _LONGEST_TITLE and bool(_meanings(filled) & {Field.NAME, Field.PRICE})


def has_numbers(cells: Sequence[str]) -> bool:
    """Return whether a row holds numbers, as goods do and headers do not."""
    filled = [cell for cell in cells if cell]
    return sum(AMOUNT.fullmatch(cell) is not None for cell in filled) * 4 > len(filled)


def _meanings(titles: Sequence[str]) -> frozenset[Meaning]:
    filled = islice(filter(None, titles), _MOST_TITLES)
    return frozenset(meaning for title in filled if (meaning := read_header(title).meaning))


def _joined(above: Record, titles: list[str]) -> list[str] | None:
    """Return the titles with those of the row above, if that makes more columns known; a merged title repeats."""
    if above.error or has_numbers(above.cells) or sum(map(bool, above.cells)) < _FEWEST_MEANINGS:
        return None
    joined = _join(above.cells, titles)
    return joined if len(_meanings(joined)) > len(_meanings(titles)) else None


def _joined_below(titles: list[str], below: Record) -> list[str] | None:
    if below.error or not any(below.cells) or any(AMOUNT.fullmatch(cell) for cell in below.cells if cell):
        return None
    joined = _join(titles, below.cells)
    if _is_part_of_header(titles, below.cells):
        return joined
    known = [title for title in below.cells if title and read_header(title).meaning]
    return joined if known and len(_meanings(joined)) > len(_meanings(titles)) else None


def _is_part_of_header(titles: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a row below the header is a part of it: units, titles under a repeated one, or the same again."""
    filled = [(titles[index] if index < len(titles) else "", cell) for index, cell in enumerate(below) if cell]
    new = [(title, cell) for title, cell in filled if plain_header(title) != plain_header(cell)]
    if len(filled) - len(new) >= _FEWEST_MEANINGS and len(new) < len(filled):
        return all(title for title, _ in new)
    if len(filled) >= _FEWEST_MEANINGS and all(_have_one_meaning(title, cell) for title, cell in filled):
        return True
    counts = Counter(titles)
    is_under_repeated = len(new) >= _FEWEST_MEANINGS and all(counts[title] > 1 for title, _ in new)
    names_goods = any(read_header(title).meaning in (Field.NAME, Field.PRICE) for title, _ in new)
    is_below_merged = len(new) >= _FEWEST_MEANINGS and any(counts[title] > 1 for title, _ in new)
    is_without_goods = is_below_merged and not names_goods and all(title for title, _ in new)
    return is_under_repeated or is_without_goods or all(is_note(cell) for _, cell in filled)


def _have_one_meaning(title: str, cell: str) -> bool:
    """Return whether two titles name one column, as in two languages."""
    meaning = read_header(title).meaning
    return meaning is not None and meaning == read_header(cell).meaning


def _join(parents: Sequence[str], children: Sequence[str]) -> list[str]:
    """Return the titles of two rows by column. A parent without a title of its own takes the one to its left."""
    width = max(len(parents), len(children))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (parents, children))
    joined, parent = [], ""
    for above, child in zip(upper, lower, strict=True):
        parent = above or (parent if child else "")
        joined.append(_join_titles(parent, child))
    return joined


def _join_titles(parent: str, child: str) -> str:
    """Return the parent and the child as one title; the child alone where the two say nothing that it does not."""
    if not parent or not child or plain_header(parent) == plain_header(child):
        return child or parent
    both = f"{parent} {child}"
    if is_note(child):
        return both
    known = read_header(both).meaning
    return both if known or read_header(child).meaning is None else child


def is_repeated_header(record: Record, titles: Sequence[str]) -> bool:
    """Return whether a record repeats the header, or numbers its columns: 1, 2, 3, 4."""
    filled = [(index, cell) for index, cell in enumerate(record.cells) if cell]
    if len(filled) < _FEWEST_MEANINGS:
        return False
    numbers = [cell for _, cell in filled]
    if len(filled) > _FEWEST_MEANINGS + 1 and numbers == [str(number) for number in range(1, len(filled) + 1)]:
        return True
    others_at_most = min(len(filled) * 3 // 10, len(filled) - _FEWEST_MEANINGS)
    others = 0
    for index, cell in filled:
        title = titles[index] if index < len(titles) else ""
        others += not title or plain_header(cell) != plain_header(title)
        if others > others_at_most:
            return False
    return True


def has_goods_columns(meanings: Sequence[Meaning | None]) -> bool:
    """Return whether these columns name goods and their prices."""
    found = {str(meaning) for meaning in meanings if meaning}
    return Field.NAME in found and (Field.PRICE in found or {Field.SUM, "count"} <= found)
