"""The price of a list with several: retail before plain before wholesale; a sum only if there is no price."""

import re
from dataclasses import replace

from partsearch.price_list.columns import Field
from partsearch.price_list.layouts.headers import read_header
from partsearch.price_list.layouts.layout import Column, Layout, LayoutWarning, WarningKind

_WITHOUT_VAT = re.compile(r"без|excl|without|ex\b")
_WITHOUT_DISCOUNT = re.compile(r"\bбез (?:уч[её]та )?(?:скид|зниж)")
_FOREIGN = frozenset(("USD", "EUR", "CNY", "JPY", "GBP"))


def choose_price(layout: Layout) -> Layout:
    """Return the layout with one price column. What was chosen and what was not is in its warnings."""
    prices = [column for column in layout.every_column if column.meaning is Field.PRICE]
    wholesale = [column for column in layout.every_column if column.meaning is Field.WHOLESALE_PRICE and column.samples]
    chosen = max(prices, key=_rank, default=None) or next(iter(wholesale), None)
    columns = tuple(_settled(column, chosen) for column in layout.every_column)
    found = replace(layout, every_column=columns)
    return replace(found, warnings=(*layout.warnings, *_warnings(found, chosen, [*prices, *wholesale])))


def _rank(column: Column) -> tuple[bool, ...]:
    """Return what decides between prices, the most important first. An empty column is never chosen before others."""
    return (
        bool(column.samples),
        read_header(column.header).is_retail,
        bool(column.header),
        not _WITHOUT_VAT.match(column.vat),
        not _WITHOUT_DISCOUNT.search(column.header.lower()),
        column.currency not in _FOREIGN,
    )


def _settled(column: Column, chosen: Column | None) -> Column:
    if chosen is not None and column.index == chosen.index:
        return replace(column, meaning=Field.PRICE)
    if column.meaning is Field.PRICE:
        return replace(column, meaning=None, why="another price column is used")
    if column.meaning is Field.SUM and chosen is not None:
        return replace(column, meaning=None, why="the list has a price")
    return column


def _warnings(layout: Layout, chosen: Column | None, prices: list[Column]) -> list[LayoutWarning]:
    warnings = []
    others = [column for column in prices if chosen is not None and column.index != chosen.index]
    if chosen is not None and others:
        why = "retail" if read_header(chosen.header).is_retail else _why(chosen, others)
        detail = f"{_name(chosen)} is used ({why}), not {', '.join(map(_name, others))}"
        warnings.append(LayoutWarning(WarningKind.SEVERAL_PRICES, detail))
    if chosen is not None and chosen.meaning is Field.WHOLESALE_PRICE:
        warnings.append(LayoutWarning(WarningKind.WHOLESALE_ONLY, f"{_name(chosen)} is used"))
    purchase = [column for column in layout.every_column if column.meaning is Field.PURCHASE_PRICE]
    if purchase:
        detail = f"{', '.join(map(_name, purchase))}: confidential"
        warnings.append(LayoutWarning(WarningKind.PURCHASE_PRICE, detail))
    total, count = layout.column(Field.SUM), layout.column("count")
    if chosen is None and total and count:
        detail = f"{_name(total)} divided by {_name(count)}"
        warnings.append(LayoutWarning(WarningKind.PRICE_COMPUTED, detail))
    return warnings


def _why(chosen: Column, others: list[Column]) -> str:
    """Return why a price that is not retail is chosen."""
    if any(not column.samples for column in others):
        return "not empty"
    if any(_WITHOUT_VAT.match(column.vat) for column in others) and not _WITHOUT_VAT.match(chosen.vat):
        return "with VAT"
    if any(_WITHOUT_DISCOUNT.search(column.header.lower()) for column in others):
        return "with the discount"
    if any(column.currency in _FOREIGN for column in others) and chosen.currency not in _FOREIGN:
        return "in the currency of the country"
    return "not a wholesale price, and the first"


def _name(column: Column) -> str:
    return column.header or f"column {column.index + 1}"
