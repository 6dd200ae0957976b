"""Columns whose meaning depends on their cells and on the other columns of the list."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from partsearch.price_list.cells.stock import is_stock
from partsearch.price_list.cells.words import YES_OR_NO, plain_word
from partsearch.price_list.columns import PROPERTIES, Field, Meaning, plain_header
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.known_vehicles import is_mark, is_model, names_one_mark
from partsearch.price_list.layouts.layout import Certainty, Column, Layout, LayoutWarning, WarningKind, column_cells

_MOST = 0.85
_FEW = 0.2
_HALF = 0.5
_CAR_HEADERS = frozenset(
    ("авто", "автомобиль", "машина", "автомобіль", "аўтамабіль", "көлік", "автокөлік", "car", "vehicle")
)
_EXAMPLES = 3
_COST_WORDS = ("стоимость", "вартість", "құны")


def with_dependent_meanings(layout: Layout, body: Sequence[Record]) -> Layout:
    """Return the layout with these columns settled.

    Args:
        layout: the columns by their headers.
        body: the first records below the header.
    """
    for settle in (_car, _maker_or_mark, _model, _description, _amounts, _stock_words, _sold, _warehouses):
        layout = settle(layout, body)
    return layout


def _car(layout: Layout, body: Sequence[Record]) -> Layout:
    """A column ``Авто`` is the mark if a model stands beside it, or if its cells are marks."""
    column = layout.column("applicability")
    if column is None or plain_header(column.header) not in _CAR_HEADERS or layout.column(Field.MARK):
        return layout
    if layout.column(Field.MODEL) or _share(column_cells(body, column.index), is_mark) >= _MOST:
        return _changed(layout, column, Field.MARK, "a model stands beside it, or its cells are marks of cars")
    return layout


def _maker_or_mark(layout: Layout, body: Sequence[Record]) -> Layout:
    """``Бренд`` beside a model is the car. ``Марка`` beside a part number is the maker if its cells are no cars.

    Cells such as ``МТЗ-80`` below ``Марка`` are marks with models.
    """
    mark, brand, model = (layout.column(meaning) for meaning in (Field.MARK, "brand", Field.MODEL))
    if brand and model and not mark and _share(column_cells(body, brand.index), is_mark) >= _MOST:
        return _changed(layout, brand, Field.MARK, "its cells are marks of cars, and a model stands beside it")
    has_number = layout.column("article") or layout.column("oem")
    if not mark or brand or model or not has_number:
        return layout
    cells = column_cells(body, mark.index)
    if not cells or _share(cells, is_mark) >= _FEW:
        return layout
    if _share(cells, names_one_mark) >= _HALF and not layout.column("applicability"):
        return _changed(layout, mark, PROPERTIES["applicability"], "its cells are marks with models")
    examples = ", ".join(tuple(dict.fromkeys(cells))[:_EXAMPLES])
    warning = LayoutWarning(WarningKind.MAKER_IS_NOT_THE_CAR, f"{mark.header} holds {examples}, which are no cars")
    return _changed(layout, mark, PROPERTIES["brand"], "its cells are no marks of cars", warning)


def _model(layout: Layout, body: Sequence[Record]) -> Layout:
    """A model without a mark is a number of the part, or nothing, if its cells are no models of cars."""
    column = layout.column(Field.MODEL)
    if column is None or layout.column(Field.MARK) or layout.column("applicability"):
        return layout
    cells = column_cells(body, column.index)
    if not cells or _share(cells, is_model) >= _FEW:
        return layout
    article = layout.column("article")
    if (article and article.samples) or _share(cells, _has_digit) < _MOST:
        return _changed(layout, column, None, "its cells are no models of cars, and no column names a mark")
    if article:
        layout = _changed(layout, article, None, "it is empty")
    return _changed(
        layout, column, PROPERTIES["article"], "its cells are no models of cars, and no column names a mark"
    )


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _amounts(layout: Layout, body: Sequence[Record]) -> Layout:
    """``Сумма`` without a count is the price. ``Стоимость`` beside a price and a count is the sum."""
    prices = [column for column in layout.every_column if column.meaning is Field.PRICE]
    total, has_count = layout.column(Field.SUM), layout.column("count") is not None
    if total and not has_count and not prices:
        warning = LayoutWarning(WarningKind.SUM_OR_PRICE, f"{total.header} is the price: the list has no count")
        return _changed(layout, total, Field.PRICE, "the list has no count", warning)
    costs = [column for column in prices if plain_header(column.header).startswith(_COST_WORDS)]
    if not has_count or not costs:
        return layout
    if len(costs) < len(prices):
        return _changed(layout, costs[0], None if total else Field.SUM, "a price and a count stand beside it")
    count = layout.column("count")
    if count is None or {"1"} >= set(column_cells(body, count.index)):
        return layout
    detail = f"{costs[0].header} is read as the price of one piece, not of the whole count"
    return replace(layout, warnings=(*layout.warnings, LayoutWarning(WarningKind.SUM_OR_PRICE, detail)))


def _stock_words(layout: Layout, body: Sequence[Record]) -> Layout:
    """A column ``Склад`` with ``+`` and ``нет`` says whether a part is in stock."""
    column = layout.column("stock_note")
    if column is None or layout.column("count") or layout.column("available"):
        return layout
    cells = column_cells(body, column.index)
    if not cells or all(map(str.isdigit, cells)) or _share(cells, is_stock) < _MOST:
        return layout
    return _changed(layout, column, PROPERTIES["available"], "its cells are words of stock")


def _description(layout: Layout, body: Sequence[Record]) -> Layout:
    """A description that every row has is the name if no column is: ``Part Number``, ``Description``, ``Price``."""
    column = layout.column("description")
    if column is None or layout.column(Field.NAME):
        return layout
    goods = [record for record in body if sum(map(bool, record.cells)) > 1]
    if len(column_cells(goods, column.index)) < _MOST * len(goods):
        return layout
    warning = LayoutWarning(WarningKind.BY_CONTENT, f"{column.header} is the name: the list has no other")
    return _changed(layout, column, Field.NAME, "the list has no other name", warning)


def _sold(layout: Layout, body: Sequence[Record]) -> Layout:
    """A column ``Продано`` says whether a part is sold if its cells are yes and no; else it counts sold pieces."""
    column = layout.column(Field.SOLD)
    if column is None or all(_is_yes_or_no(cell) for cell in column_cells(body, column.index)):
        return layout
    return _changed(layout, column, None, "its cells are not yes or no")


def _is_yes_or_no(cell: str) -> bool:
    return plain_word(cell) in YES_OR_NO and not cell.isdigit()


def _warehouses(layout: Layout, body: Sequence[Record]) -> Layout:
    """Columns of several warehouses are summed up if the list has no count of all; a single one is the count."""
    columns = [column for column in layout.every_column if column.meaning is Field.WAREHOUSE_COUNT]
    if layout.column("count"):
        layout = _without_meaning(layout, columns, "the list has a count of all warehouses")
    else:
        others = [column for column in columns if _share(column_cells(body, column.index), is_stock) < _MOST]
        layout = _without_meaning(layout, others, "its cells are no counts")
    left = [column for column in layout.every_column if column.meaning is Field.WAREHOUSE_COUNT]
    if len(left) == 1:
        return _changed(layout, left[0], PROPERTIES["count"], "the stock of a warehouse")
    if not left:
        return layout
    warning = LayoutWarning(WarningKind.SEVERAL_STOCKS, f"count is the sum of {', '.join(c.header for c in left)}")
    return replace(layout, warnings=(*layout.warnings, warning))


def _changed(
    layout: Layout, column: Column, meaning: Meaning | None, why: str, warning: LayoutWarning | None = None
) -> Layout:
    """Return the layout with another meaning of a column."""
    certainty = Certainty.LIKELY if meaning else column.certainty
    new = replace(column, meaning=meaning, certainty=certainty, why=why)
    columns = tuple(new if each.index == column.index else each for each in layout.every_column)
    warnings = layout.warnings if warning is None else (*layout.warnings, warning)
    return replace(layout, every_column=columns, warnings=warnings)


def _without_meaning(layout: Layout, columns: Sequence[Column], why: str) -> Layout:
    """Return the layout without the meaning of some columns."""
    indexes = {column.index for column in columns}
    every_column = tuple(
        replace(column, meaning=None, why=why) if column.index in indexes else column for column in layout.every_column
    )
    return replace(layout, every_column=every_column)


def _share(cells: Sequence[str], is_one: Callable[[str], bool]) -> float:
    return fmean(map(is_one, cells)) if cells else 1.0
