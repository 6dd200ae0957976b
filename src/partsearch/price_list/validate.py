"""Stage three: separate valid rows from invalid ones. An invalid row is reported and never stops the others."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from partsearch.contract.exported_list.columns import LastCell, read_last_cell
from partsearch.contract.exported_list.formulas import original
from partsearch.contract.exported_list.part import is_reference
from partsearch.contract.limits import CENT, PRICE_MAXIMUM
from partsearch.contract.text.cell_words import EMPTY_CELLS
from partsearch.price_list.cells.number_style import DecimalMark
from partsearch.price_list.cells.stock import MINUS, Availability, is_negative_stock
from partsearch.price_list.cells.words import YES_OR_NO, plain_word
from partsearch.price_list.columns import Field, Property
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.rows import Row, RowKind, row_of
from partsearch.price_list.layouts.warehouses import warehouse_stock
from partsearch.price_list.numbers import AmbiguousNumberError, NoPriceError, Price, read_price
from partsearch.price_list.recognise import Layout
from partsearch.price_list.values import JsonValue, Values, clean_text, read_count, read_state

LONGEST_NAME = 200
"""Of a mark and of a model."""

LONGEST_TEXTS = {Field.NAME: 400, Field.MARK: LONGEST_NAME, Field.MODEL: LONGEST_NAME}
"""The lengths of the table columns."""

_IN_LIST = re.compile(r"\s*[|,;]\s*")
"""What separates several marks or models in a cell."""

UNKNOWN_MARK = "Без марки"
UNKNOWN_MODEL = "Универсальная"
"""The names of the mark and the model of a part whose row names none."""

_MOST_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 40
"""Cells of a list repeat. Those that are short are read once."""

_SEVERAL = (Field.MARK, Field.MODEL)
"""What several characteristics of a row may say."""

_NAMES = {Field.NAME: "part name", Field.MARK: "mark", Field.MODEL: "model"}


@dataclass(frozen=True)
class LeftOut:
    """An unreadable property; its row is used without it."""

    key: str
    text: str


class RowWarning(StrEnum):
    """What a person should look at in a row that is used. The value says what it is."""

    NEGATIVE_STOCK = "negative stock, imported as 0"
    JOINED = "more cells than the header has, taken for the rest of the description"


@dataclass(frozen=True)
class ValidRow:
    """A valid row.

    Attributes:
        row_id: the id that the list gives the row; empty if it gives none.
        part_reference: the part as an exported list names it, ``17@3f2a9c41d07b``; empty in other lists.
        is_sold: the list says that the part is sold. Its price may be 0 then.
        warnings: what a person should look at, each with the text of the cell.
        section: the title of the section of the list, if it names a car.
    """

    number: int
    row_id: str
    mark: str
    model: str
    name: str
    price: Decimal
    json_data: Mapping[str, JsonValue]
    left_out: tuple[LeftOut, ...] = ()
    part_reference: str = ""
    is_sold: bool = False
    warnings: tuple[tuple[RowWarning, str], ...] = ()
    section: str = ""


@dataclass(frozen=True)
class RejectedRow:
    """An invalid row: the reason, equal for rows with the same error, the text of the cell, and all cells."""

    number: int
    reason: str
    detail: str = ""
    cells: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no goods: a section, a total, the header again, or a blank row."""

    number: int
    kind: RowKind


class _PriceError(ValueError):
    """The price of a row is missing or invalid; the message is the reason of the report."""


def validate(records: Iterable[Record], layout: Layout) -> Iterator[ValidRow | RejectedRow | SkippedRow]:
    """Yield the rows below the header."""
    for record in records:
        if (row := validate_record(record, layout)) is not None:
            yield row


def validate_record(record: Record, layout: Layout) -> ValidRow | RejectedRow | SkippedRow | None:
    """Return the row that a record is; ``None`` for the header and for what is above it."""
    row = row_of(record, layout)
    if row.kind in (RowKind.GOODS, RowKind.REJECTED):
        valid = _validate_row(row, layout)
        return replace(valid, cells=tuple(record.cells)) if isinstance(valid, RejectedRow) else valid
    return None if row.kind in (RowKind.HEADER, RowKind.PREAMBLE) else SkippedRow(record.number, row.kind)


def _validate_row(row: Row, layout: Layout) -> ValidRow | RejectedRow:
    record = row.record
    if row.reason:
        return RejectedRow(record.number, row.reason, str(len(record.cells)) if record.cells else "")
    texts, properties = _split_cells(record, layout)
    try:
        reference, last_cell = _exported(record, layout)
    except ValueError as unreadable:
        return RejectedRow(record.number, str(unreadable))
    exact = _exact_names(record, layout, last_cell)
    texts |= exact
    errors = [error for field in _NAMES if (error := _text_error(field, texts[field], is_exact=field in exact))]
    state = _state(texts.get(Field.STATE, ""))
    json_data, left_out = _json_data(properties, layout)
    json_data = {**last_cell.values, **json_data}
    is_sold = _is_sold(texts, state, "" if reference else json_data.get("availability"))
    detail = ""
    try:
        price = _row_price(texts, properties, layout)
    except _PriceError as error:
        price = Price(Decimal(0))
        if not is_sold:
            errors.append(str(error))
            detail = texts.get(Field.PRICE, texts.get(Field.SUM, ""))
    if errors:
        return RejectedRow(record.number, ", ".join(errors), detail)
    stock, unread = warehouse_stock(record, layout)
    json_data, left_out = {**stock, **json_data}, (*left_out, *(LeftOut("count", cell) for cell in unread))
    if state is not None and state is not Availability.IN_STOCK:
        json_data.setdefault("availability", str(state))
    if currency := price.currency or layout.currency:
        json_data.setdefault("currency", currency)
    if price.is_least:
        json_data.setdefault("price_note", texts[Field.PRICE])
    if price.unclear_currency and "currency" not in json_data:
        left_out = (*left_out, LeftOut("currency", price.unclear_currency))
    row_id = texts.get(Field.ROW_ID, "")
    names = texts[Field.MARK], texts[Field.MODEL], texts[Field.NAME]
    warnings = _stock_warnings(record, layout)
    if row.is_joined:
        warnings = (*warnings, (RowWarning.JOINED, record.cells[layout.width - 1]))
    return ValidRow(
        record.number,
        row_id,
        *names,
        price.amount,
        json_data,
        left_out,
        reference,
        is_sold,
        warnings,
        texts.get(Field.SECTION, ""),
    )


def _is_sold(texts: Mapping[Field, str], state: Availability | None, availability: object) -> bool:
    is_marked = YES_OR_NO.get(plain_word(texts.get(Field.SOLD, "")), False)
    return is_marked or Availability.SOLD in (state, availability, _state(texts.get(Field.PRICE, "")))


def _stock_warnings(record: Record, layout: Layout) -> tuple[tuple[RowWarning, str], ...]:
    cells = (record.cells[column.index] for column in layout.stock_columns if column.index < len(record.cells))
    return tuple(
        (RowWarning.NEGATIVE_STOCK, cell) for cell in cells if cell.startswith(MINUS) and is_negative_stock(cell)
    )


def _split_cells(record: Record, layout: Layout) -> tuple[dict[Field, str], dict[Property, str]]:
    """Return the cells that are not empty, by meaning; in names each run of white space becomes one space."""
    texts = {Field.MARK: UNKNOWN_MARK, Field.MODEL: UNKNOWN_MODEL, Field.NAME: ""}
    properties: dict[Property, str] = {}
    filled: set[Field] = set()
    is_exported = layout.column(Field.PART_REFERENCE) is not None
    for column in layout.columns:
        cell = record.cells[column.index] if column.index < len(record.cells) else ""
        cell = clean_text(cell) if is_exported else _clean(cell)
        is_dash_read = isinstance(column.meaning, Property) and column.meaning.is_dash_read and cell
        if cell in EMPTY_CELLS and not is_dash_read:
            continue
        if isinstance(column.meaning, Property):
            before = properties.get(column.meaning)
            is_added = before and column.meaning.key == "photo"
            properties[column.meaning] = f"{before}\n{cell}" if is_added else before or cell
        elif column.meaning is not None and (column.meaning not in filled):
            filled.add(column.meaning)
            texts[column.meaning] = " ".join(cell.split()) if column.meaning in _NAMES else cell
        elif column.meaning in _SEVERAL and cell not in _IN_LIST.split(texts[column.meaning]):
            texts[column.meaning] += f"|{' '.join(cell.split())}"
    return texts, properties


def _clean(cell: str) -> str:
    return _clean_short(cell) if len(cell) <= _LONGEST_REMEMBERED else clean_text(original(cell))


@lru_cache(_MOST_REMEMBERED)
def _clean_short(cell: str) -> str:
    return clean_text(original(cell))


def _exported(record: Record, layout: Layout) -> tuple[str, LastCell]:
    """Return the part that a row of an exported list names, and what its last cell says.

    Raises:
        ValueError: one of the two cannot be read; the message is the reason of the report.
    """
    reference = _exact_cell(record, layout, Field.PART_REFERENCE)
    if reference and not is_reference(reference):
        raise ValueError(f"unreadable {Field.PART_REFERENCE}")
    # Elsewhere a column of this name may hold anything.
    last = _exact_cell(record, layout, Field.JSON_DATA) if layout.column(Field.PART_REFERENCE) else ""
    try:
        return reference, read_last_cell(last)
    except ValueError:
        raise ValueError(f"unreadable {Field.JSON_DATA}") from None


def _exact_names(record: Record, layout: Layout, last_cell: LastCell) -> dict[Field, str]:
    """Return the names that the cells show and cannot hold exactly."""
    exact = {field: last_cell.exact_name(field, _exact_cell(record, layout, field)) for field in _NAMES}
    return {field: name for field, name in exact.items() if name is not None}


def _exact_cell(record: Record, layout: Layout, field: Field) -> str:
    column = layout.column(field)
    return record.cells[column.index] if column and column.index < len(record.cells) else ""


def _text_error(field: Field, text: str, *, is_exact: bool = False) -> str:
    """Return what is wrong with a text; empty for a valid one. An exact one is a name that the catalog has."""
    if is_exact:
        return ""
    if not text:
        return f"no {_NAMES[field]}"
    longest = LONGEST_TEXTS[field]
    pieces = [text] if field is Field.NAME else _IN_LIST.split(text)
    return f"{_NAMES[field]} over {longest} characters" if max(map(len, pieces)) > longest else ""


def _state(text: str) -> Availability | None:
    try:
        return read_state(text) if text else None
    except ValueError:
        return None


def _row_price(texts: Mapping[Field, str], properties: Mapping[Property, str], layout: Layout) -> Price:
    if not layout.is_price_computed:
        return _valid_price(texts.get(Field.PRICE, ""), _decimal_mark(layout, Field.PRICE))
    total = _valid_price(texts.get(Field.SUM, ""), _decimal_mark(layout, Field.SUM))
    count = _json_data({key: text for key, text in properties.items() if key.key == "count"}, layout)[0].get("count")
    if not isinstance(count, int) or count <= 0:
        raise _PriceError("no quantity to divide the sum by")
    return Price((total.amount / count).quantize(CENT, ROUND_HALF_UP), total.currency)


def _decimal_mark(layout: Layout, meaning: Field | str) -> DecimalMark:
    column = layout.column(meaning)
    return column.style.decimal_mark if column else DecimalMark.UNDECIDED


def _valid_price(text: str, decimal_mark: DecimalMark) -> Price:
    if not text:
        raise _PriceError("no price")
    try:
        price = _read_price(text, decimal_mark)
    except NoPriceError:
        raise _PriceError("price on request") from None
    except AmbiguousNumberError:
        raise _PriceError("ambiguous price") from None
    except ValueError:
        raise _PriceError("unreadable price") from None
    if price.amount < 0:
        raise _PriceError("negative price")
    if price.amount > PRICE_MAXIMUM:
        raise _PriceError(f"price over {PRICE_MAXIMUM:,}")
    return price


_read_price = lru_cache(_MOST_REMEMBERED)(read_price)


def _read_property(meaning: Property, text: str, decimal_mark: DecimalMark) -> JsonValue | Values | None:
    return read_count(text, decimal_mark) if meaning.key == "count" else meaning.read(text)


_read_short_property = lru_cache(_MOST_REMEMBERED)(_read_property)


def _json_data(properties: Mapping[Property, str], layout: Layout) -> tuple[dict[str, JsonValue], tuple[LeftOut, ...]]:
    """Return the values by key, and the cells that cannot be read. What a cell says of other keys does not replace."""
    values: dict[str, JsonValue] = {}
    beside: dict[str, JsonValue] = {}
    left_out = []
    count_mark = _decimal_mark(layout, "count")
    for meaning, text in properties.items():
        try:
            read = _read_short_property if len(text) <= _LONGEST_REMEMBERED else _read_property
            value = read(meaning, text, count_mark)
        except ValueError:
            left_out.append(LeftOut(meaning.key, text))
        else:
            if isinstance(value, Mapping):
                beside |= {key: value[key] for key in value if key not in beside}
            elif value is not None:
                values[meaning.key] = value
    return {**beside, **values}, tuple(left_out)
