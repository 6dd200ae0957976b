"""Tables one below the other in one sheet: a header further down, with other columns than the first one.

The rows below such a header are given the columns of the first one, so that the rest of the import sees one table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from partsearch.price_list.columns import Meaning, plain_header
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.header_rows import (
    HEADER_WITHIN,
    Header,
    find_header,
    has_numbers,
    may_be_header,
)
from partsearch.price_list.layouts.headers import read_header
from partsearch.price_list.layouts.layout import LayoutWarning, WarningKind

_MOST_HEADERS = 50
_WIDEST = 200


def unstacked(table: Table) -> tuple[Table, list[LayoutWarning]]:
    """Return the table with all rows under its first header, and a warning for each other header.

    A further header shares at least one title with the first one. Its columns are those of the first header with the
    same title or meaning; other ones are added at the right end.

    Args:
        table: a table; one without a further header is returned as it is.
    """
    if table.has_known_header:
        return table, []
    first = _first_header(list(islice(table.records(), HEADER_WITHIN)))
    if not first.rows or len(first.titles) > _WIDEST or first.is_exported:
        return table, []
    columns = _Columns(first.titles)
    further = islice(_further_headers(table, first.titles, first.rows[-1]), _MOST_HEADERS)
    places = {record.number: columns.places_of(record.cells) for record in further}
    moving = [number for number, found in places.items() if found != list(range(len(found)))]
    if not moving:
        return table, []
    warnings = [
        LayoutWarning(WarningKind.SECOND_HEADER, f"row {number} names other columns, for the rows below it")
        for number in moving
    ]
    return replace(table, records=lambda: _records(table, first.rows[-1], columns.titles, places)), warnings


def _first_header(sample: Sequence[Record]) -> Header:
    """Return the header of the first table: there may be goods above the header with the most known columns."""
    best = find_header(sample)
    above = [record for record in sample if best.rows and record.number < best.rows[0]]
    first = find_header(above)
    if not first.rows or frozenset(filter(None, first.titles)).isdisjoint(best.titles):
        return best
    goods = (record for record in above if record.number > first.rows[-1])
    return (
        _first_header(above) if any(sum(map(bool, row.cells)) > 1 and has_numbers(row.cells) for row in goods) else best
    )


def _further_headers(table: Table, titles: Sequence[str], last: int) -> Iterator[Record]:
    known = frozenset(filter(None, titles))
    for record in table.records():
        is_near = record.number > last and len(record.cells) <= _WIDEST and not known.isdisjoint(record.cells)
        if is_near and may_be_header(record):
            yield record


class _Columns:
    """The columns of the first header, and those that further headers add."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles: list[str] = []
        self._plain: list[str] = []
        self._meanings: list[Meaning | None] = []
        for title in titles:
            self._add(title)

    def places_of(self, cells: Sequence[str]) -> list[int]:
        """Return the place of each cell of a further header: that of the same title or meaning, or a new one."""
        places: list[int] = []
        for index, cell in enumerate(cells):
            same = self._place(cell, index, frozenset(places))
            places.append(self._add(cell) if same is None else same)
        return places

    def _place(self, cell: str, index: int, taken: frozenset[int]) -> int | None:
        if not cell:
            is_free = index < len(self.titles) and index not in taken and not self.titles[index]
            return index if is_free else None
        free = [place for place in range(len(self.titles)) if place not in taken]
        plain, meaning = plain_header(cell), read_header(cell).meaning
        by_title = (place for place in free if self._plain[place] == plain)
        by_meaning = (place for place in free if meaning and self._meanings[place] == meaning)
        return next(chain(by_title, by_meaning), None)

    def _add(self, title: str) -> int:
        self.titles.append(title)
        self._plain.append(plain_header(title))
        self._meanings.append(read_header(title).meaning if title else None)
        return len(self.titles) - 1


def _records(table: Table, first: int, titles: Sequence[str], places: dict[int, list[int]]) -> Iterator[Record]:
    current: list[int] = []
    for record in table.records():
        if record.number == first:
            added = titles[len(record.cells) :] if len(record.cells) < len(titles) else []
            yield Record(record.number, [*record.cells, *added])
        elif record.number in places:
            current = places[record.number]
            yield Record(record.number, list(titles))
        elif current and not record.error:
            yield Record(record.number, _moved(record.cells, current, len(titles)))
        else:
            yield record


def _moved(cells: Sequence[str], places: Sequence[int], width: int) -> list[str]:
    moved = [""] * width
    for place, cell in zip(places, cells, strict=False):
        moved[place] = cell
    return [*moved, *cells[len(places) :]]
