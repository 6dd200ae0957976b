"""The kinds of rows: goods, and the rows between them. Every record has exactly one kind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from partsearch.contract.exported_list.part import is_reference
from partsearch.price_list.cells.words import TOTALS, plain_word
from partsearch.price_list.columns import Field
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.header_rows import AMOUNT, is_repeated_header
from partsearch.price_list.layouts.layout import Layout, is_count

_LONGEST_TOTAL_WORDS = 6
_OF_GOODS_ONLY = ("article", "oem", "unit", Field.ROW_ID)
"""Columns that goods fill and groups of goods do not."""


class RowKind(StrEnum):
    """What a record is."""

    PREAMBLE = "preamble"
    HEADER = "header"
    GOODS = "goods"
    SECTION = "section"
    TOTAL = "total"
    BLANK = "blank"
    REPEATED_HEADER = "repeated header"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Row:
    """A record with its kind, and the reason if it is rejected.

    ``is_joined``: its last cell was written as several.
    """

    record: Record
    kind: RowKind
    reason: str = ""
    is_joined: bool = False


def rows(records: Iterable[Record], layout: Layout) -> Iterator[Row]:
    """Yield every record with its kind."""
    for record in records:
        yield row_of(record, layout)


def count_kinds(records: Iterable[Record], layout: Layout) -> Counter[RowKind]:
    """Return how many records there are of each kind."""
    return Counter(row.kind for row in rows(records, layout))


def row_of(record: Record, layout: Layout) -> Row:
    """Return a record with its kind."""
    if record.number <= layout.header_number:
        return Row(record, _kind_of_heading(record, layout))
    if record.error:
        return Row(record, RowKind.REJECTED, record.error)
    if record.is_blank:
        return Row(record, RowKind.BLANK)
    is_joined = any(record.cells[layout.width :])
    if is_joined and not layout.rest_delimiter:
        return Row(record, RowKind.REJECTED, "more cells than the header has")
    if is_joined:
        record = _with_whole_description(record, layout)
    if _names_part(record, layout):
        return Row(record, RowKind.GOODS)
    return Row(record, _kind_of_content(record, layout), is_joined=is_joined)


def _with_whole_description(record: Record, layout: Layout) -> Record:
    last = layout.width - 1
    rest = [cell for cell in record.cells[last:] if cell]
    return record._replace(cells=[*record.cells[:last], f"{layout.rest_delimiter} ".join(rest)])


def rest_delimiter(table: Table, layout: Layout) -> str:
    """Return what separates the pieces of the last cell of a text if that is a description; else nothing."""
    description = layout.column("description")
    is_last = description is not None and description.index == layout.width - 1
    return table.delimiter if is_last and table.format == "csv" else ""


def _names_part(record: Record, layout: Layout) -> bool:
    """Return whether the row is of an exported list: whatever its cells say, it is a part."""
    column = layout.column(Field.PART_REFERENCE)
    return column is not None and is_reference(_cell(record, column.index))


def _kind_of_heading(record: Record, layout: Layout) -> RowKind:
    if record.number in layout.header_rows:
        return RowKind.HEADER
    return RowKind.BLANK if record.is_blank else RowKind.PREAMBLE


def _kind_of_content(record: Record, layout: Layout) -> RowKind:
    if is_repeated_header(record, [column.header for column in layout.every_column]):
        return RowKind.REPEATED_HEADER
    if _is_total(record, layout):
        return RowKind.TOTAL
    if _is_section(record, layout) or _is_group(record, layout):
        return RowKind.SECTION
    return RowKind.GOODS


def _is_total(record: Record, layout: Layout) -> bool:
    """Return whether the row has a word such as ``Итого`` and names no goods."""
    name = layout.column(Field.NAME)
    named = _cell(record, name.index) if name else ""
    if named and not _is_total_word(named):
        return False
    return any(_is_total_word(cell) for cell in record.cells)


def _is_total_word(cell: str) -> bool:
    """Return whether a short text begins as totals do: ``Итого по складу:``."""
    plain = plain_word(cell.replace(":", " "))
    return len(plain.split()) <= _LONGEST_TOTAL_WORDS and any(f"{plain} ".startswith(f"{word} ") for word in TOTALS)


def _is_section(record: Record, layout: Layout) -> bool:
    """Return whether one text is all that the row says, in one cell or, if cells are merged, in several."""
    filled = [(index, cell) for index, cell in enumerate(record.cells) if cell]
    if len({cell for _, cell in filled}) != 1 or len(layout.columns) < 2:
        return False
    return len(filled) > 1 or not _is_number_column(filled[0][0], layout)


def _is_group(record: Record, layout: Layout) -> bool:
    """Return whether the row is a group of a report of 1C: a name with the sums of its goods, and nothing else."""
    name, price = layout.column(Field.NAME), layout.column(Field.PRICE)
    if name is None or not _cell(record, name.index) or (price and _cell(record, price.index)):
        return False
    if not any(layout.column(meaning) for meaning in _OF_GOODS_ONLY):
        return False
    others = [(index, cell) for index, cell in enumerate(record.cells) if cell and index != name.index]
    return bool(others) and all(index > name.index and AMOUNT.fullmatch(cell) for index, cell in others)


def _is_number_column(index: int, layout: Layout) -> bool:
    return any(
        column.index == index and (column.meaning in (Field.PRICE, Field.SUM) or is_count(column.meaning))
        for column in layout.columns
    )


def _cell(record: Record, index: int) -> str:
    return record.cells[index] if index < len(record.cells) else ""
