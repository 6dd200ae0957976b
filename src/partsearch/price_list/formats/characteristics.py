"""Characteristics of goods as columns of their own name.

The exports of prom.ua repeat three columns many times: the name of a characteristic, its unit and its value. Which
characteristic a column holds differs from row to row.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from partsearch.price_list.formats.keyed_rows import ColumnNames, Row, add
from partsearch.price_list.formats.table import Record, Table

PREFIX = "Характеристика: "
"""Begins the header of each column that is made of a characteristic."""

_HEADER_WITHIN = 60
_LONGEST_NAME = 100
_NAME = re.compile(r"(?:назва|название)[ _]характеристики(?:\.[0-9]{1,3})?", re.IGNORECASE)
_UNIT = re.compile(
    r"(?:одиниця[ _]виміру|измерение|единица[ _]измерения)[ _]характеристики(?:\.[0-9]{1,3})?", re.IGNORECASE
)
_VALUE = re.compile(r"(?:значення|значение)[ _]характеристики(?:\.[0-9]{1,3})?", re.IGNORECASE)


class _Triple(NamedTuple):
    """The columns of one characteristic; ``unit`` is ``None`` if it has no column."""

    name: int
    unit: int | None
    value: int


def with_characteristics(table: Table, path: Path) -> Table:
    """Return the table with a column for each characteristic instead of the repeated ones, at its right end.

    Args:
        table: a table; one without such columns is returned as it is.
        path: the name of the input, for messages.

    Raises:
        TooLargeError: there are too many characteristics.
        UnreadableFileError: as in the iteration of the records of the table.
    """
    if table.has_known_header:
        return table
    header = next(
        (record for record in islice(table.records(), _HEADER_WITHIN) if any(map(_is_name, record.cells))), None
    )
    triples = _triples(header.cells) if header else []
    if not header or not triples:
        return table
    names = ColumnNames(path)
    for record in table.records():
        if record.number > header.number:
            names.add(_characteristics(record.cells, triples))
    reader = _Reader(header, triples, names.names)
    return replace(table, records=lambda: map(reader.read, table.records()))


def _is_name(cell: str) -> bool:
    return _NAME.fullmatch(cell) is not None


def _triples(titles: Sequence[str]) -> list[_Triple]:
    found = []
    for index, title in enumerate(titles):
        if not _is_name(title):
            continue
        following = list(enumerate(titles[index + 1 : index + 3], index + 1))
        value = next((place for place, other in following if _VALUE.fullmatch(other)), None)
        unit = next((place for place, other in following if _UNIT.fullmatch(other)), None)
        if value is not None:
            found.append(_Triple(index, unit, value))
    return found


def _characteristics(cells: Sequence[str], triples: Sequence[_Triple]) -> Row:
    """Return the characteristics of a row by their names."""
    row: Row = {}
    for triple in triples:
        name = " ".join(_cell(cells, triple.name).split())[:_LONGEST_NAME]
        value = _cell(cells, triple.value)
        if name and value:
            add(row, name, " ".join(filter(None, (value, _cell(cells, triple.unit)))))
    return row


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


class _Reader:
    """Reads records with the columns of triples into records with a column for each characteristic."""

    def __init__(self, header: Record, triples: Sequence[_Triple], names: Sequence[str]) -> None:
        self._header = header
        self._triples = triples
        self._names = names
        folded = {index for triple in triples for index in triple}
        self._kept = [index for index in range(len(header.cells)) if index not in folded]

    def read(self, record: Record) -> Record:
        if record.error or record.number < self._header.number:
            return record
        cells = [_cell(record.cells, index) for index in self._kept]
        if record.number == self._header.number:
            return Record(record.number, [*cells, *(PREFIX + name for name in self._names)])
        row = _characteristics(record.cells, self._triples)
        beyond = record.cells[len(self._header.cells) :]
        return Record(record.number, [*cells, *(row.get(name, "") for name in self._names), *beyond])
