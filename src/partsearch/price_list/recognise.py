"""Stage two: find the header and the meaning of each column."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from partsearch.price_list.columns import MEANINGS, REQUIRED, Field, Meaning, plain_header
from partsearch.price_list.errors import UnknownColumnsError
from partsearch.price_list.numbers import currency_code
from partsearch.price_list.read import Sheet
from partsearch.price_list.records import Record

_HEADER_WITHIN = 30
_FEWEST_COLUMNS = 2
_EXAMPLES = {Field.NAME: "Наименование", Field.PRICE: "Цена", Field.MARK: "Марка", Field.MODEL: "Модель"}


@dataclass(frozen=True)
class Column:
    """A column that is used: its index, its header, its meaning."""

    index: int
    header: str
    meaning: Meaning


@dataclass(frozen=True)
class Layout:
    """The layout of a list.

    Attributes:
        header_number: the number of the header record.
        width: the most cells of a row.
        columns: the columns that are used, each meaning once.
        ignored: the headers of the other columns.
        currency: the currency that the header of the price names; else empty.
    """

    header_number: int
    width: int
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    currency: str


def recognise(sheet: Sheet, path: Path) -> Layout:
    """Return the layout of the list. Its header is the first record with the most known columns.

    Raises:
        UnknownColumnsError: the list has no header, or lacks columns that a part needs.
    """
    layouts = [_layout_under(record) for record in islice(sheet.records(), _HEADER_WITHIN)]
    layout = max(layouts, key=lambda layout: len(layout.columns))
    if len(layout.columns) < _FEWEST_COLUMNS:
        raise UnknownColumnsError(
            f"{path} has no header with known columns within its first {_HEADER_WITHIN} rows "
            f"(read as {sheet.encoding}, cells separated by {sheet.delimiter!r}).",
            f"Give it a row of headers, such as {_headers(REQUIRED)}.",
        )
    found = {column.meaning for column in layout.columns}
    missing = [field for field in REQUIRED if field not in found]
    if missing:
        raise UnknownColumnsError(
            f"{path} has no column for: {', '.join(missing)}. Its header is row {layout.header_number}, "
            f"with {', '.join(column.header for column in layout.columns)}.",
            f"Add columns with the headers {_headers(missing)}.",
        )
    return layout


def _headers(fields: Iterable[Field]) -> str:
    return ", ".join(_EXAMPLES[field] for field in fields)


def _layout_under(record: Record) -> Layout:
    """Return the layout of a list with this record as its header."""
    columns: dict[Meaning, Column] = {}
    ignored = []
    currency = ""
    for index, header in enumerate(record.cells):
        meaning, header_currency = _meaning(header)
        if meaning is not None and meaning not in columns:
            columns[meaning] = Column(index, header, meaning)
            currency = header_currency or currency
        elif header:
            ignored.append(header)
    return Layout(record.number, len(record.cells), tuple(columns.values()), tuple(ignored), currency)


def _meaning(header: str) -> tuple[Meaning | None, str]:
    """Return the meaning of a header, and the currency that it names, as in ``Цена, руб.``."""
    plain = plain_header(header)
    if plain in MEANINGS:
        return MEANINGS[plain], ""
    words, _, last = plain.rpartition(" ")
    if MEANINGS.get(words) is Field.PRICE and (currency := currency_code(last)):
        return Field.PRICE, currency
    return None, ""
