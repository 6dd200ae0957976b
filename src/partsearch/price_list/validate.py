"""Stage three: separate valid rows from invalid ones. An invalid row is reported and never stops the others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from partsearch.contract.limits import PRICE_MAXIMUM
from partsearch.price_list.columns import Field, Property
from partsearch.price_list.numbers import Price, read_price
from partsearch.price_list.recognise import Layout
from partsearch.price_list.records import Record
from partsearch.price_list.values import EMPTY_CELLS, JsonValue

LONGEST_TEXTS = {Field.NAME: 400, Field.MARK: 200, Field.MODEL: 200}
"""The lengths of the table columns."""

_NAMES = {Field.NAME: "part name", Field.MARK: "mark", Field.MODEL: "model"}


@dataclass(frozen=True)
class LeftOut:
    """An unreadable property; its row is used without it."""

    key: str
    text: str


@dataclass(frozen=True)
class ValidRow:
    """A valid row."""

    number: int
    row_id: str
    mark: str
    model: str
    name: str
    price: Decimal
    json_data: Mapping[str, JsonValue]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class RejectedRow:
    """An invalid row: the reason, equal for rows with the same error, and the text of the cell."""

    number: int
    reason: str
    detail: str = ""


class _PriceError(ValueError):
    """The price of a row is missing or invalid; the message is the reason of the report."""


def validate(records: Iterable[Record], layout: Layout) -> Iterator[ValidRow | RejectedRow]:
    """Yield the rows below the header without the blank ones."""
    for record in records:
        if record.number > layout.header_number and not record.is_blank:
            yield _validate_record(record, layout)


def _validate_record(record: Record, layout: Layout) -> ValidRow | RejectedRow:
    if record.error:
        return RejectedRow(record.number, record.error)
    if any(record.cells[layout.width :]):
        return RejectedRow(record.number, "more cells than the header has", str(len(record.cells)))
    texts, properties = _split_cells(record, layout)
    errors = [error for field in _NAMES if (error := _text_error(field, texts.get(field, "")))]
    price_text = texts.get(Field.PRICE, "")
    try:
        price = _valid_price(price_text)
    except _PriceError as error:
        return RejectedRow(record.number, ", ".join([*errors, str(error)]), price_text)
    if errors:
        return RejectedRow(record.number, ", ".join(errors))
    json_data, left_out = _json_data(properties)
    if currency := price.currency or layout.currency:
        json_data.setdefault("currency", currency)
    return ValidRow(
        record.number,
        texts.get(Field.ROW_ID, ""),
        texts[Field.MARK],
        texts[Field.MODEL],
        texts[Field.NAME],
        price.amount,
        json_data,
        left_out,
    )


def _split_cells(record: Record, layout: Layout) -> tuple[dict[Field, str], dict[Property, str]]:
    """Return the cells that are not empty, by meaning; in names each run of white space becomes one space."""
    texts: dict[Field, str] = {}
    properties: dict[Property, str] = {}
    for column in layout.columns:
        cell = record.cells[column.index] if column.index < len(record.cells) else ""
        if cell in EMPTY_CELLS:
            continue
        if isinstance(column.meaning, Property):
            properties[column.meaning] = cell
        else:
            texts[column.meaning] = " ".join(cell.split()) if column.meaning in _NAMES else cell
    return texts, properties


def _text_error(field: Field, text: str) -> str:
    """Return what is wrong with a text; empty for a valid one."""
    if not text:
        return f"no {_NAMES[field]}"
    longest = LONGEST_TEXTS[field]
    return f"{_NAMES[field]} over {longest} characters" if len(text) > longest else ""


def _valid_price(text: str) -> Price:
    if not text:
        raise _PriceError("no price")
    try:
        price = read_price(text)
    except ValueError:
        raise _PriceError("unreadable price") from None
    if price.amount < 0:
        raise _PriceError("negative price")
    if price.amount > PRICE_MAXIMUM:
        raise _PriceError(f"price over {PRICE_MAXIMUM:,}")
    return price


def _json_data(properties: Mapping[Property, str]) -> tuple[dict[str, JsonValue], tuple[LeftOut, ...]]:
    values: dict[str, JsonValue] = {}
    left_out = []
    for meaning, text in properties.items():
        try:
            value = meaning.read(text)
        except ValueError:
            left_out.append(LeftOut(meaning.key, text))
        else:
            if value is not None:
                values[meaning.key] = value
    return values, tuple(left_out)
