"""Stage two: find the header and the meaning of each column."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from partsearch.price_list.columns import REQUIRED, Field
from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.layouts.columns_found import columns_by_content, columns_by_header
from partsearch.price_list.layouts.dependent import with_dependent_meanings
from partsearch.price_list.layouts.group_totals import group_total_warnings
from partsearch.price_list.layouts.header_rows import HEADER_WITHIN, Header, find_header
from partsearch.price_list.layouts.layout import Certainty, Column, Layout, LayoutWarning, WarningKind
from partsearch.price_list.layouts.number_columns import with_number_styles
from partsearch.price_list.layouts.preamble import preamble_currency
from partsearch.price_list.layouts.prices import choose_price
from partsearch.price_list.layouts.rows import RowKind, rest_delimiter, row_of
from partsearch.price_list.layouts.sections import with_sections
from partsearch.price_list.layouts.stacked import unstacked

__all__ = ["Certainty", "Column", "Layout", "LayoutWarning", "choose_table", "recognise", "understand"]

_SAMPLE_RECORDS = 400
_EXAMPLES = {Field.NAME: "Наименование", Field.PRICE: "Цена"}


def recognise(table: Table, path: Path) -> Layout:
    """Return the layout of the list: its header, the meaning of each column, and what is ambiguous.

    Every record is read once for the decimal marks of numbers; memory does not grow with the list.

    Args:
        table: the list.
        path: the file, for messages.

    Raises:
        UnknownColumnsError: the list lacks columns that a part needs.
    """
    layout = understand(table)
    _check(layout, table, path)
    layout = replace(layout, rest_delimiter=rest_delimiter(table, layout))
    return with_number_styles(layout, table.records())


def understand(table: Table) -> Layout:
    """Return what can be said of the columns from the first records, even if required ones are missing."""
    sample = list(islice(table.records(), _SAMPLE_RECORDS))
    header = find_header(sample, is_first=table.has_known_header)
    if table.format != "csv" and header.rows:
        # A text may have more cells by mistake; in other formats a column without a header is one.
        widest = max(len(record.cells) for record in sample)
        header = replace(header, titles=(*header.titles, *[""] * (widest - len(header.titles))))
    layout = _with_preamble_currency(choose_price(_layout_under(header, sample)), sample)
    body = [record for record in sample if record.number > layout.header_number and not record.error]
    return replace(layout, warnings=(*layout.warnings, *group_total_warnings(layout, body)))


def choose_table(tables: Sequence[Table], path: Path) -> tuple[Table, Layout]:
    """Return the table with the most goods and its layout; the others are named in a warning.

    Args:
        tables: the tables of the file.
        path: the file, for messages.

    Raises:
        UnknownColumnsError: no table has goods; the error is that of the first one.
    """
    if len(tables) == 1:
        return _understood(tables[0], path)
    found: list[tuple[int, Table, Layout]] = []
    errors = []
    for stacked in tables:
        try:
            table, layout = _understood(stacked, path)
        except UnknownColumnsError as error:
            errors.append((stacked.name, error))
        else:
            goods = sum(row_of(record, layout).kind is RowKind.GOODS for record in table.records())
            found.append((goods, table, layout))
    if not found:
        raise errors[0][1] if errors else UnknownColumnsError(f"{path} has no table.", "Export the price list again.")
    goods, table, layout = max(found, key=lambda item: item[0])
    others = [f"{other.name} ({count:,} goods)" for count, other, _ in found if other is not table]
    others += [name for name, _ in errors]
    if not others:
        return table, layout
    detail = f"{table.name} ({goods:,} goods) is used, not {', '.join(others)}"
    return table, replace(layout, warnings=(*layout.warnings, LayoutWarning(WarningKind.SEVERAL_TABLES, detail)))


def _understood(stacked: Table, path: Path) -> tuple[Table, Layout]:
    """Return the table under its first header, with a column of sections if they name cars, and its layout."""
    table, warnings = unstacked(stacked)
    layout = recognise(table, path)
    return with_sections(table, replace(layout, warnings=(*layout.warnings, *warnings)))


def _layout_under(header: Header, sample: Sequence[Record]) -> Layout:
    """Return the layout of a list with this header; what the header does not say is found by content."""
    last = header.rows[-1] if header.rows else 0
    body = [record for record in sample if record.number > last and not record.error]
    titles = header.titles or ("",) * max((len(record.cells) for record in body), default=0)
    by_header = columns_by_header(Header(header.rows, titles), body)
    return columns_by_content(with_dependent_meanings(by_header, body), body)


def _with_preamble_currency(layout: Layout, sample: Sequence[Record]) -> Layout:
    """Return the layout with the currency that the rows above the header name, if the header names none."""
    first = layout.header_rows[0] if layout.header_rows else 0
    code = preamble_currency(record for record in sample if record.number < first)
    price = layout.column(Field.PRICE) or layout.column(Field.SUM)
    if not code or price is None or price.currency:
        return layout
    new = replace(price, currency=code)
    columns = tuple(new if column is price else column for column in layout.every_column)
    warning = LayoutWarning(WarningKind.PREAMBLE_CURRENCY, code)
    return replace(layout, every_column=columns, warnings=(*layout.warnings, warning))


def _check(layout: Layout, table: Table, path: Path) -> None:
    """Raise UnknownColumnsError if the list lacks a column that a part needs."""
    missing = [field for field in REQUIRED if layout.column(field) is None]
    if Field.PRICE in missing and layout.is_price_computed and layout.column("count"):
        missing.remove(Field.PRICE)
    if not missing:
        return
    if not layout.header_rows:
        how = f" (read as {table.encoding}, cells separated by {table.delimiter!r})" if table.delimiter else ""
        raise UnknownColumnsError(
            f"{path} has no header with known columns within its first {HEADER_WITHIN} rows{how}, "
            f"and its cells do not show a column for: {', '.join(missing)}.",
            f"Give it a row of headers, such as {_headers(REQUIRED)}.",
        )
    raise UnknownColumnsError(
        f"{path} has no column for: {', '.join(missing)}. Its header is row {layout.header_number}, "
        f"with {', '.join(column.header for column in layout.columns if column.header)}.",
        f"Add columns with the headers {_headers(missing)}.",
    )


def _headers(fields: Iterable[Field]) -> str:
    return ", ".join(_EXAMPLES[field] for field in fields)
