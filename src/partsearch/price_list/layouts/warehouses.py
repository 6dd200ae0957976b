"""The stock of a row in all warehouses, for lists with a column for each of them."""

from partsearch.contract.text.cell_words import EMPTY_CELLS
from partsearch.price_list.cells.stock import Availability, Stock, read_stock
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.values import JsonValue


def warehouse_stock(record: Record, layout: Layout) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """Return what the columns of warehouses say together, and the cells that cannot be read."""
    count, is_least, is_read = 0, False, False
    unread = []
    for column in layout.warehouses:
        cell = record.cells[column.index] if column.index < len(record.cells) else ""
        if not cell:
            continue
        try:
            stock = Stock(0) if cell in EMPTY_CELLS else read_stock(cell, column.style.decimal_mark)
        except ValueError:
            unread.append(cell)
            continue
        is_read = True
        count += stock.count or 0
        is_least = is_least or stock.is_least or (stock.count is None and stock.availability is Availability.IN_STOCK)
    if not is_read:
        return {}, tuple(unread)
    if not is_least:
        return {"count": count}, tuple(unread)
    known: dict[str, JsonValue] = (
        {"count": count, "availability": f"не менее {count}"} if count else {"available": True}
    )
    return known, tuple(unread)
