"""Stage two: find the header and the meaning of each column."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from partsearch.price_list.columns import REQUIRED, Field
from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.formats import Record, Table
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.layouts.columns_found import columns_by_content, columns_by_header
from partsearch.price_list.layouts.dependent import with_dependent_meanings
from partsearch.price_list.layouts.group_totals import group_total_warnings
from partsearch.price_list.layouts.header_rows import HEADER_WITHIN, Header, find_header
from partsearch.price_list.layouts.layout import Certainty, Column, Layout, LayoutWarning, WarningKind
from partsearch.price_list.layouts.number_columns import with_number_styles
from partsearch.price_list.layouts.preamble import preamble_currency
from partsearch.price_list.layouts.prices import choose_price
from partsearch.price_list.layouts.rows import rest_delimiter
from partsearch.price_list.layouts.sections import with_sections
from partsearch.price_list.layouts.sheets import Sheet, continued_by, join_sheets, read_sheet
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
    """Return the table with the most goods, joined with those that continue it, and its layout.

    Sections that name cars are a column. The tables that are not used are named in a warning.

    Args:
        tables: the tables of the file.
        path: the file, for messages.

    Raises:
        UnknownColumnsError: no table has goods; the error is that of the first one.
    """
    return with_sections(*choose_plain_table(tables, path))


def choose_plain_table(tables: Sequence[Table], path: Path) -> tuple[Table, Layout]:
    """Return what ``choose_table`` does, without a column of sections."""
    if len(tables) == 1:
        return _understood(tables[0], path)
    sheets: list[Sheet] = []
    errors = []
    for stacked in tables:
        try:
            sheets.append(read_sheet(*_understood(stacked, path)))
        except UnknownColumnsError as error:
            errors.append((stacked.name, error))
    if not sheets:
        raise errors[0][1] if errors else _without_table(path)
    first = max(sheets, key=lambda sheet: len(sheet.goods))
    parts = continued_by(first, [sheet for sheet in sheets if sheet is not first])
    others = [_with_count(sheet) for sheet in sheets if sheet is not first and sheet not in parts]
    others += [name for name, _ in errors]
    used = ", ".join(map(_with_count, (first, *parts)))
    warnings = []
    if others:
        are = "are" if parts else "is"
        warnings.append(LayoutWarning(WarningKind.SEVERAL_TABLES, f"{used} {are} used, not {', '.join(others)}"))
    if not parts:
        return first.table, replace(first.layout, warnings=(*first.layout.warnings, *warnings))
    warnings.append(LayoutWarning(WarningKind.JOINED_TABLES, used))
    table = join_sheets(first, parts)
    layout = recognise(table, path)
    stacked_warnings = [warning for warning in first.layout.warnings if warning.kind is WarningKind.SECOND_HEADER]
    return table, replace(layout, warnings=(*layout.warnings, *stacked_warnings, *warnings))


def _without_table(path: Path) -> UnknownColumnsError:
    return UnknownColumnsError(f"{label(path)} has no table.", "Export the price list again.")


def _with_count(sheet: Sheet) -> str:
    return f"{sheet.table.name} ({len(sheet.goods):,} goods)"


def _understood(stacked: Table, path: Path) -> tuple[Table, Layout]:
    """Return the table under its first header, and its layout."""
    table, warnings = unstacked(stacked)
    layout = recognise(table, path)
    return table, replace(layout, warnings=(*layout.warnings, *warnings))


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
            f"{label(path)} has no header with known columns within its first {HEADER_WITHIN} rows{how}, "
            f"and its cells do not show a column for: {', '.join(missing)}.",
            f"Give it a row of headers, such as {_headers(REQUIRED)}.",
        )
    raise UnknownColumnsError(
        f"{label(path)} has no column for: {', '.join(missing)}. Its header is row {layout.header_number}, "
        f"with {', '.join(column.header for column in layout.columns if column.header)}.",
        f"Add columns with the headers {_headers(missing)}.",
    )


def _headers(fields: Iterable[Field]) -> str:
    return ", ".join(_EXAMPLES[field] for field in fields)
