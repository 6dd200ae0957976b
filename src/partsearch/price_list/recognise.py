"""Stage two: which record is the header, and what each column means."""

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
    """A column that is used: its place, its header, its meaning."""

    place: int
    header: str
    meaning: Meaning


@dataclass(frozen=True)
class Layout:
    """How a list is laid out.

    Attributes:
        header_number: the number of the record that is the header.
        width: how many cells a row may have.
        columns: the columns that are used, each meaning once.
        ignored: the headers of the others.
        currency: what the header of the price says about its currency; else empty.
    """

    header_number: int
    width: int
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    currency: str


def recognise(sheet: Sheet, path: Path) -> Layout:
    """The layout of the list: its header is the first record with the most columns that are known.

    Raises:
        UnknownColumnsError: there is no header, or columns that a part needs are missing.
    """
    layouts = [_layout_under(record) for record in islice(sheet.records(), _HEADER_WITHIN)]
    layout = max(layouts, key=lambda layout: len(layout.columns))
    if len(layout.columns) < _FEWEST_COLUMNS:
        raise UnknownColumnsError(
            f"{path} has no header with known columns within its first {_HEADER_WITHIN} rows "
            f"(read as {sheet.encoding}, cells divided by {sheet.delimiter!r}).",
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
    """The layout of a list whose header this record is."""
    columns: dict[Meaning, Column] = {}
    ignored = []
    currency = ""
    for place, header in enumerate(record.cells):
        meaning, header_currency = _meaning(header)
        if meaning is not None and meaning not in columns:
            columns[meaning] = Column(place, header, meaning)
            currency = header_currency or currency
        elif header:
            ignored.append(header)
    return Layout(record.number, len(record.cells), tuple(columns.values()), tuple(ignored), currency)


def _meaning(header: str) -> tuple[Meaning | None, str]:
    """What a header means, and the currency that the header of a price may name: ``Цена, руб.``."""
    plain = plain_header(header)
    if plain in MEANINGS:
        return MEANINGS[plain], ""
    words, _, last = plain.rpartition(" ")
    if MEANINGS.get(words) is Field.PRICE and (currency := currency_code(last)):
        return Field.PRICE, currency
    return None, ""
