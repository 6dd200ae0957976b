"""Sheets that are one list: a sheet for each mark, currency or group of goods, under the same columns.

Their rows are read as one table, with the columns of the sheet that has the most goods.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from partsearch.price_list.columns import Field
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.known_vehicles import is_mark
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.layouts.rows import RowKind, row_of
from partsearch.price_list.layouts.stacked import Columns, moved

ALL_SHEETS = "*"
"""The name of the table of several sheets, also in profiles."""

_MARK_TITLE = "Марка"
_NUMBERS = ("article", "oem")
_AMOUNTS = frozenset(("price", "sum", "wholesale price", "old price", "count", "warehouse count", "row id"))


@dataclass(frozen=True)
class Sheet:
    """A table with goods.

    Attributes:
        goods: the rows of goods, each as the hash of what identifies it.
    """

    table: Table
    layout: Layout
    goods: tuple[int, ...]


def read_sheet(table: Table, layout: Layout) -> Sheet:
    """Return a table with its goods."""
    indexes = _identifying(layout)
    mark = table.name if is_mark(table.name) else ""
    goods = []
    for record in table.records():
        if row_of(record, layout).kind is RowKind.GOODS:
            known = [record.cells[index] for index in indexes if index < len(record.cells)]
            goods.append(hash((mark, *known)))
    return Sheet(table, layout, tuple(goods))


def _identifying(layout: Layout) -> list[int]:
    """Return the columns that tell goods apart: the numbers of the part and its name, else all that are no amounts."""
    numbers = [column.index for key in _NUMBERS if (column := layout.column(key))]
    name = layout.column(Field.NAME)
    if numbers and name:
        return [*numbers, name.index]
    return [column.index for column in layout.every_column if str(column.meaning) not in _AMOUNTS]


def continued_by(first: Sheet, others: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets whose rows belong to the list of the first one.

    They have numbers of parts as it has, or most of its columns, and less than half of their goods are in the sheets
    before: a copy or an older issue of the list is no part of it.
    """
    seen = set(first.goods)
    parts = []
    for sheet in others:
        known = sum(row in seen for row in sheet.goods)
        if _has_same_columns(first.layout, sheet.layout) and known * 2 < len(sheet.goods):
            seen.update(sheet.goods)
            parts.append(sheet)
    return parts


def _has_same_columns(first: Layout, other: Layout) -> bool:
    meanings, others = ({str(column.meaning) for column in layout.columns} for layout in (first, other))
    if first.header_rows and not other.header_rows:
        return all(
            (mine := first.column(field)) and (found := other.column(field)) and mine.index == found.index
            for field in (Field.NAME, Field.PRICE)
        )
    shared = meanings & others
    return not shared.isdisjoint(_NUMBERS) or len(shared) * 3 >= max(len(meanings), len(others)) * 2


class _Part:
    """A sheet whose rows are moved to the columns of the first one."""

    def __init__(self, sheet: Sheet, columns: Columns, mark_at: int | None) -> None:
        titles = _titles(sheet.layout)
        has_header = bool(sheet.layout.header_rows)
        self._places = columns.places_of(titles) if has_header else list(range(len(titles)))
        self._currencies = columns.currencies_of(titles, self._places) if has_header else {}
        self._sheet = sheet
        self._columns = columns
        self._mark_at = mark_at

    def records(self, after: int) -> Iterator[Record]:
        """Yield the records below the header, numbered from ``after`` on."""
        for record in self._sheet.table.records():
            if record.number <= self._sheet.layout.header_number:
                continue
            number = after + record.number
            if record.error:
                yield Record(number, [], record.error)
                continue
            cells = moved(record.cells, self._places, len(self._columns.titles), self._currencies)
            yield Record(number, _with_mark(cells, self._mark_at, self._sheet.table.name))


def join_sheets(first: Sheet, parts: Sequence[Sheet]) -> Table:
    """Return one table of the first sheet and of those that continue it.

    The numbers of the rows go on from sheet to sheet. The names of sheets that are marks of cars become a column of
    marks if there is none.
    """
    columns = Columns(_titles(first.layout))
    sheets = (first, *parts)
    are_marks = all(is_mark(sheet.table.name) and not sheet.layout.column(Field.MARK) for sheet in sheets)
    mark_at = columns.add(_MARK_TITLE) if are_marks and first.layout.header_rows else None
    moving = [_Part(part, columns, mark_at) for part in parts]

    def records() -> Iterator[Record]:
        number = 0
        for record in first.table.records():
            number = record.number
            if record.error or number < first.layout.header_number:
                yield record
            elif number == first.layout.header_number:
                yield Record(number, [*record.cells, *columns.titles[len(record.cells) :]])
            else:
                yield Record(number, _with_mark(record.cells, mark_at, first.table.name))
        for part in moving:
            after = number
            for record in part.records(after):
                number = record.number
                yield record

    return replace(first.table, name=ALL_SHEETS, records=records)


def _titles(layout: Layout) -> list[str]:
    return [column.header for column in sorted(layout.every_column, key=lambda column: column.index)]


def _with_mark(cells: list[str], place: int | None, mark: str) -> list[str]:
    """Return the cells of goods with the mark. A row with one cell is a section, and stays as it is."""
    if place is None or sum(map(bool, cells)) < 2:
        return cells
    cells = [*cells, *[""] * (place + 1 - len(cells))]
    cells[place] = mark
    return cells
