"""Sections of a list that are marks or models of cars: ``КАМАЗ`` above its goods.

The goods are given the title of their section in a column at the right end, so that each row says all of itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from partsearch.price_list.columns import Field
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.known_vehicles import names_one_mark
from partsearch.price_list.layouts.layout import Certainty, Column, Layout
from partsearch.price_list.layouts.rows import RowKind, row_of

_SAMPLE_RECORDS = 2_000
_SAMPLES = 3
_OTHER_GOODS = re.compile(
    r"\b(?:разное|проч[а-я]+|масла|общ[а-я]+|универсальн[а-я]+|аксессуары|автохимия|инструмент[а-я]*|інше|іншы[а-я]*"
    r"|other|misc[a-z]*)\b"
)
"""What ends the goods of a mark whose sections are kinds of parts."""


def with_sections(table: Table, layout: Layout) -> tuple[Table, Layout]:
    """Return the table and its layout, with a column of sections if they name cars.

    Args:
        table: a table; one whose rows name the mark, or without such sections, is returned as it is.
        layout: its layout.
    """
    if table.has_known_header or any(layout.column(field) for field in (Field.MARK, Field.SECTION)):
        return table, layout
    sample = islice(table.records(), _SAMPLE_RECORDS)
    titles = [title for record in sample if (title := _section(record, layout)) and names_one_mark(title)]
    if not titles:
        return table, layout
    column = Column(
        layout.width, "", Field.SECTION, Certainty.LIKELY, "the rows that are sections", tuple(titles[:_SAMPLES])
    )
    every_column = (*layout.every_column, column)
    wider = replace(layout, width=layout.width + 1, every_column=every_column, rest_delimiter="")
    return replace(table, records=lambda: _records(table, layout)), wider


def without_sections(layout: Layout) -> Layout:
    """Return the layout of the table itself."""
    columns = tuple(column for column in layout.every_column if column.meaning is not Field.SECTION or column.header)
    return replace(layout, width=layout.width - len(layout.every_column) + len(columns), every_column=columns)


def _section(record: Record, layout: Layout) -> str:
    """Return the title of a row that is a section; empty for any other row."""
    if record.number <= layout.header_number or row_of(record, layout).kind is not RowKind.SECTION:
        return ""
    name = layout.column(Field.NAME)
    named = record.cells[name.index] if name and name.index < len(record.cells) else ""
    return named or next(filter(None, record.cells))


def _records(table: Table, layout: Layout) -> Iterator[Record]:
    sections = _Sections()
    for record in table.records():
        row = row_of(record, layout)
        kind = row.kind
        if kind is RowKind.SECTION and (title := _section(record, layout)):
            sections.enter(title)
        added = sections.take() if kind is RowKind.GOODS else ""
        is_wide = kind is RowKind.REJECTED and not record.error
        yield _with_cell(row.record, layout.width, added) if added or is_wide else row.record


def _with_cell(record: Record, index: int, cell: str) -> Record:
    cells: Sequence[str] = record.cells
    filled = [*cells[:index], *[""] * (index - len(cells)), cell, *cells[index:]]
    return record._replace(cells=filled)


class _Sections:
    """The section of a car to which the next goods belong.

    The sections right below that of a car are kinds of its parts. Otherwise the next section ends it.
    """

    def __init__(self) -> None:
        self._title = ""
        self._has_goods = False
        self._has_kinds = False

    def enter(self, title: str) -> None:
        """Begin a section."""
        if names_one_mark(title):
            self._title, self._has_goods, self._has_kinds = title, False, False
        elif _OTHER_GOODS.search(title.lower()) or (self._has_goods and not self._has_kinds):
            self._title = ""
        else:
            self._has_kinds = True

    def take(self) -> str:
        """Return the title of the car's section for goods; empty if they are in none."""
        self._has_goods = True
        return self._title
