"""Finds rows that sum up the rows below them, in reports that tell groups from goods by their indents only."""

from collections.abc import Sequence
from decimal import Decimal

from partsearch.price_list.columns import Field
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.layout import Layout, LayoutWarning, WarningKind
from partsearch.price_list.numbers import read_number

_Amounts = tuple[Decimal, Decimal]
_MOST_ROWS = 200
_FEWEST_ROWS = 2
_MOST_NAMED = 3


def group_total_warnings(layout: Layout, body: Sequence[Record]) -> list[LayoutWarning]:
    """Return a warning if rows have the sums of the quantities and amounts of the rows below them.

    Args:
        layout: the columns; only lists whose price is computed are looked at.
        body: the first records below the header.
    """
    name, total, count = layout.column(Field.NAME), layout.column(Field.SUM), layout.column("count")
    if not layout.is_price_computed or not name or not total or not count:
        return []
    goods = [record for record in body if max(name.index, total.index, count.index) < len(record.cells)]
    amounts = [_amounts(record, count.index, total.index) for record in goods]
    groups = [goods[index].cells[name.index] for index in range(len(goods)) if _sums_up(amounts, index)]
    if not groups:
        return []
    return [LayoutWarning(WarningKind.SUMS_AMONG_GOODS, f"{', '.join(groups[:_MOST_NAMED])} and the like")]


def _amounts(record: Record, count: int, total: int) -> _Amounts | None:
    try:
        return read_number(record.cells[count]), read_number(record.cells[total])
    except ValueError:
        return None


def _sums_up(amounts: Sequence[_Amounts | None], index: int) -> bool:
    """Return whether a row has the sums of at least two rows that follow it."""
    whole = amounts[index]
    if whole is None or not all(whole):
        return False
    count, total = whole
    for rows, below in enumerate(amounts[index + 1 : index + 1 + _MOST_ROWS], 1):
        if below is None:
            return False
        count, total = count - below[0], total - below[1]
        if count <= 0 or total <= 0:
            return rows >= _FEWEST_ROWS and count == 0 and total == 0
    return False
