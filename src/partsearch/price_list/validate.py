"""Stage three: which rows can be used. A bad row is reported and never stops the others."""

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
"""As the columns of the tables have it."""

_NAMES = {Field.NAME: "part name", Field.MARK: "mark", Field.MODEL: "model"}


@dataclass(frozen=True)
class LeftOut:
    """A property that could not be read; its row is used without it."""

    key: str
    text: str


@dataclass(frozen=True)
class ValidRow:
    """A row that can be used."""

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
    """A row that cannot be used: why, in words that the rows with the same fault share, and what stood there."""

    number: int
    reason: str
    detail: str = ""


def validate(records: Iterable[Record], layout: Layout) -> Iterator[ValidRow | RejectedRow]:
    """The rows below the header, blank ones passed over."""
    for record in records:
        if record.number > layout.header_number and not record.is_blank:
            yield _validate_record(record, layout)


def _validate_record(record: Record, layout: Layout) -> ValidRow | RejectedRow:
    if record.fault:
        return RejectedRow(record.number, record.fault)
    if any(record.cells[layout.width :]):
        return RejectedRow(record.number, "more cells than the header has", str(len(record.cells)))
    texts, properties = _split_cells(record, layout)
    faults = [fault for field in _NAMES if (fault := _text_fault(field, texts.get(field, "")))]
    price, price_fault = _price(texts.get(Field.PRICE, ""))
    if price_fault:
        faults.append(price_fault)
    if price is None or faults:
        return RejectedRow(record.number, ", ".join(faults), texts.get(Field.PRICE, "") if price_fault else "")
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
    """The cells that are not empty, by what they mean; in names each run of white space is one space."""
    texts: dict[Field, str] = {}
    properties: dict[Property, str] = {}
    for column in layout.columns:
        cell = record.cells[column.place] if column.place < len(record.cells) else ""
        if cell in EMPTY_CELLS:
            continue
        if isinstance(column.meaning, Property):
            properties[column.meaning] = cell
        else:
            texts[column.meaning] = " ".join(cell.split()) if column.meaning in _NAMES else cell
    return texts, properties


def _text_fault(field: Field, text: str) -> str:
    if not text:
        return f"no {_NAMES[field]}"
    longest = LONGEST_TEXTS[field]
    return f"{_NAMES[field]} over {longest} characters" if len(text) > longest else ""


def _price(text: str) -> tuple[Price | None, str]:
    """The price, or what is wrong with it."""
    if not text:
        return None, "no price"
    try:
        price = read_price(text)
    except ValueError:
        return None, "unreadable price"
    if price.amount < 0:
        return None, "negative price"
    if price.amount > PRICE_MAXIMUM:
        return None, f"price over {PRICE_MAXIMUM:,}"
    return price, ""


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
