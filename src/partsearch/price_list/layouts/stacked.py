"""Tables one below the other in one sheet: a header further down, with other columns than the first one.

The rows below such a header are given the columns of the first one, so that the rest of the import sees one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from partsearch.price_list.columns import Field, Meaning, plain_header
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.header_rows import (
    HEADER_WITHIN,
    NUMBER,
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
    columns = Columns(first.titles)
    further = islice(_further_headers(table, first.titles, first.rows[-1]), _MOST_HEADERS)
    headers = {record.number: _FurtherHeader(columns, record.cells) for record in further}
    moving = [number for number, header in headers.items() if header.has_other_columns]
    if not moving:
        return table, []
    warnings = [
        LayoutWarning(WarningKind.SECOND_HEADER, f"row {number} names other columns, for the rows below it")
        for number in moving
    ]
    return replace(table, records=lambda: _records(table, first.rows[-1], columns.titles, headers)), warnings


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


class Columns:
    """The columns of the first header, and those that further headers add."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles: list[str] = []
        self._plain: list[str] = []
        self._meanings: list[Meaning | None] = []
        for title in titles:
            self.add(title)

    def places_of(self, cells: Sequence[str]) -> list[int]:
        """Return the place of each cell of a further header: that of the same title or meaning, or a new one."""
        places: list[int] = []
        for index, cell in enumerate(cells):
            same = self._place(cell, index, frozenset(places))
            places.append(self.add(cell) if same is None else same)
        return places

    def currencies_of(self, cells: Sequence[str], places: Sequence[int]) -> dict[int, str]:
        """Return the currencies that titles of a further header name, by place, where the first header names others."""
        found = {
            place: read_header(cell).currency
            for cell, place in zip(cells, places, strict=True)
            if cell and self._meanings[place] in (Field.PRICE, Field.SUM)
        }
        return {
            place: code for place, code in found.items() if code and code != read_header(self.titles[place]).currency
        }

    def _place(self, cell: str, index: int, taken: frozenset[int]) -> int | None:
        if not cell:
            is_free = index < len(self.titles) and index not in taken and not self.titles[index]
            return index if is_free else None
        free = [place for place in range(len(self.titles)) if place not in taken]
        plain, meaning = plain_header(cell), read_header(cell).meaning
        by_title = (place for place in free if self._plain[place] == plain)
        by_meaning = (place for place in free if meaning and self._meanings[place] == meaning)
        return next(chain(by_title, by_meaning), None)

    def add(self, title: str) -> int:
        """Add a column at the right end, and return its place."""
        self.titles.append(title)
        self._plain.append(plain_header(title))
        self._meanings.append(read_header(title).meaning if title else None)
        return len(self.titles) - 1


class _FurtherHeader:
    """A header below the first one: the places of its columns, and the currencies that it names."""

    def __init__(self, columns: Columns, cells: Sequence[str]) -> None:
        self.places = columns.places_of(cells)
        self.currencies = columns.currencies_of(cells, self.places)

    @property
    def has_other_columns(self) -> bool:
        return bool(self.currencies) or self.places != list(range(len(self.places)))


def _records(table: Table, first: int, titles: Sequence[str], headers: dict[int, _FurtherHeader]) -> Iterator[Record]:
    current: _FurtherHeader | None = None
    for record in table.records():
        if record.number == first:
            added = titles[len(record.cells) :] if len(record.cells) < len(titles) else []
            yield Record(record.number, [*record.cells, *added])
        elif record.number in headers:
            current = headers[record.number]
            yield Record(record.number, list(titles))
        elif current and not record.error:
            yield Record(record.number, moved(record.cells, current.places, len(titles), current.currencies))
        else:
            yield record


def moved(cells: Sequence[str], places: Sequence[int], width: int, currencies: Mapping[int, str]) -> list[str]:
    """Return the cells at their places, prices with their currency where it is not that of the first header.

    Args:
        cells: of a row under a further header.
        places: of its columns.
        width: the number of all columns.
        currencies: by place.
    """
    row = [""] * width
    for place, cell in zip(places, cells, strict=False):
        code = currencies.get(place, "")
        row[place] = f"{cell} {code}" if code and NUMBER.fullmatch(cell) else cell
    return [*row, *cells[len(places) :]]
