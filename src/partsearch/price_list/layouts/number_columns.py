"""What all rows show of the columns of numbers: the decimal marks of amounts, and lost zeros of part numbers."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from partsearch.price_list.cells.number_style import DecimalMark, NumberStyleVotes
from partsearch.price_list.columns import Field
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.header_rows import is_repeated_header
from partsearch.price_list.layouts.headers import read_header
from partsearch.price_list.layouts.layout import Column, Layout, LayoutWarning, WarningKind, is_count
from partsearch.price_list.layouts.lost_zeros import LostZeroVotes

_MOST_NAMED = 5
_NUMBERS = ("article", "oem")


def with_number_styles(layout: Layout, records: Iterable[Record]) -> Layout:
    """Return the layout with the style of each column of numbers that has none yet, and with warnings.

    Args:
        layout: the columns.
        records: all records of the list.
    """
    columns = {column.index: column for column in layout.columns if _has_style(column)}
    votes = {index: NumberStyleVotes() for index in columns}
    numbers = {column.index: (column, LostZeroVotes()) for column in layout.columns if str(column.meaning) in _NUMBERS}
    headers: list[int] = []
    for record in records:
        if record.number > layout.header_number:
            if _is_other_header(record, layout):
                headers.append(record.number)
            for index, vote in votes.items():
                if index < len(record.cells) and (cell := record.cells[index]):
                    vote.add(cell)
            for index, (_, zeros) in numbers.items():
                if index < len(record.cells) and (cell := record.cells[index]):
                    zeros.add(record.number, cell)
    styled = {
        index: replace(column, style=votes[index].style(is_count=is_count(column.meaning)))
        for index, column in columns.items()
    }
    warnings = [_second_header(headers)] if headers else []
    warnings += [warning for column, zeros in numbers.values() for warning in zeros.warnings(column)]
    warnings += [_warning(column) for column in styled.values() if column.style.is_undecided]
    every_column = tuple(styled.get(column.index, column) for column in layout.every_column)
    return replace(layout, every_column=every_column, warnings=(*layout.warnings, *warnings))


def _is_other_header(record: Record, layout: Layout) -> bool:
    """Return whether a record below the header is another header, with other columns: goods below it are misread."""
    price = layout.column(Field.PRICE)
    if price is None or price.index >= len(record.cells):
        return False
    cell = record.cells[price.index]
    if not cell or any(map(str.isdigit, cell)) or not _names_price(cell):
        return False
    return not is_repeated_header(record, [column.header for column in layout.every_column])


@lru_cache(maxsize=1000)
def _names_price(cell: str) -> bool:
    return read_header(cell).meaning is Field.PRICE


def _second_header(numbers: list[int]) -> LayoutWarning:
    rows = ", ".join(map(str, numbers[:_MOST_NAMED]))
    detail = f"row {rows} names other columns; the rows below are read by the first header"
    return LayoutWarning(WarningKind.SECOND_HEADER, detail)


def _has_style(column: Column) -> bool:
    has_numbers = column.meaning in (Field.PRICE, Field.SUM) or is_count(column.meaning)
    return has_numbers and column.style.decimal_mark is DecimalMark.UNDECIDED


def _warning(column: Column) -> LayoutWarning:
    style = column.style
    return LayoutWarning(
        WarningKind.UNDECIDED_NUMBERS,
        f"{column.header or f'column {column.index + 1}'} has {style.ambiguous:,} numbers such as 1,234: {style.why}",
    )
