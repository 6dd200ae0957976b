"""The search of the contract in plain Python, over a list of rows: the answer that both services must return.

It follows ``docs/reference/http.md`` and shares no code with the services. It is not optimized.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.catalog_data import Catalog, Mark, Model, Part

PAGE_SIZE = 10

Search = Mapping[str, Any]
"""The fields of a search; numbers are ``int`` or ``Decimal``."""


@dataclass(frozen=True)
class Written:
    """A JSON number as it was written; ``1`` and ``1.0`` differ."""

    text: str


@dataclass(frozen=True)
class Amount:
    """A JSON number by its value. Unlike a Python number it equals no boolean."""

    value: Fraction


@dataclass(frozen=True)
class Either:
    """A value of ``params`` in a query string: a part that has any of the readings matches."""

    readings: tuple[str | bool | Decimal, ...]


INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u3164\ufe0f\ufeff\U000e0020"
"""Invisible characters: not all of them, but all that the tests write."""

_HIGHEST, _MOST_DECIMALS = Decimal("1e100"), 400


def read_params_text(text: str) -> object:
    """Return what a value after ``params.`` in a query string matches: the JSON value, the text, or either."""
    try:
        value = read_json(text, Decimal)
    except ValueError:
        return text
    if isinstance(value, list | dict) or (isinstance(value, Decimal) and not _fits(value)):
        return text
    return value if is_blank(value) else Either((value, text))


def _fits(number: Decimal) -> bool:
    return abs(number) <= _HIGHEST and (Fraction(number) * 10**_MOST_DECIMALS).denominator == 1


def read_json(text: str, number: Callable[[str], object]) -> Any:
    """Return ``text`` parsed as JSON, its numbers made by ``number``. Fail the test if a key comes twice."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({key for key, _ in pairs}) == len(pairs), f"a key comes twice: {pairs}"
        return dict(pairs)

    return json.loads(text, parse_int=number, parse_float=number, object_pairs_hook=unique)


def read_answer(body: bytes) -> dict[str, Any]:
    """Return an answer to compare with ``answer_of``: numbers as they are written, attributes by value."""
    answer: dict[str, Any] = read_json(body.decode(), Written)
    for part in answer["response"]:
        part["json_data"] = by_value(part["json_data"])
    for name, facet in answer.get("facets", {}).items():
        if name.startswith("params."):
            for value in facet["values"]:
                value["value"] = by_value(value["value"])
    return answer


def by_value(value: object) -> object:
    """Return a JSON value whose numbers are compared by value."""
    if isinstance(value, Written):
        return Amount(Fraction(value.text))
    if isinstance(value, dict):
        return {key: by_value(member) for key, member in value.items()}
    return [by_value(item) for item in value] if isinstance(value, list) else value


def written(amount: int | Decimal) -> Written:
    """Return a number as the contract writes it: exact, without trailing zeros or exponent."""
    text = format(Decimal(amount), "f")
    while "." in text and text[-1] in "0.":
        text = text[:-1]
    return Written(text)


def answer_of(catalog: Catalog, search: Search) -> dict[str, Any]:
    """Return the answer to ``search`` on this catalog."""
    wanted = {name: value for name, value in search.items() if not is_blank(value)}
    matching = sorted(
        (row for row in joined(catalog) if is_shown(row) and matches(row, wanted)), key=lambda row: row.part.id
    )
    first = (int(wanted.get("page", 1)) - 1) * PAGE_SIZE
    return {
        "response": [shown(row) for row in matching[first : first + PAGE_SIZE]],
        "count": written(len(matching)),
        "summ": written(sum((Decimal(row.part.price) for row in matching), Decimal(0))),
    }


@dataclass(frozen=True)
class Row:
    """A part with its mark and its model."""

    part: Part
    mark: Mark
    model: Model


def joined(catalog: Catalog) -> list[Row]:
    """Return every part with its mark and its model."""
    marks = {mark.id: mark for mark in catalog.marks}
    models = {model.id: model for model in catalog.models}
    return [Row(part, marks[part.mark_id], models[part.model_id]) for part in catalog.parts]


def is_shown(row: Row) -> bool:
    """Return whether the part, its mark and its model are visible."""
    return row.part.is_visible and row.mark.is_visible and row.model.is_visible


def is_blank(value: object) -> bool:
    """Return whether a value means no filter."""
    return value is None or (isinstance(value, str) and not as_compared(value))


def as_compared(text: str) -> str:
    """Return a text as the contract compares it."""
    visible = "".join(character for character in text if character not in INVISIBLE)
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", visible).lower())
    # Combining diaereses that are left over could compose е to ё again.
    return " ".join(unicodedata.normalize("NFC", lower.replace("ё", "е").replace("\u0308", "")).split())


def matches(row: Row, wanted: Search) -> bool:
    """Return whether a part meets all fields, none of which is blank."""
    return all(bool(_meets(row, name, value)) for name, value in wanted.items())


def _meets(row: Row, name: str, value: Any) -> object:
    match name:
        case "mark_name":
            return as_compared(value) in as_compared(row.mark.name)
        case "model_name":
            return as_compared(value) in as_compared(row.model.name)
        case "part_name":
            return as_compared(value) in as_compared(row.part.name)
        case "producer_country_name":
            return as_compared(value) == as_compared(row.mark.producer_country_name)
        case "mark_list":
            return row.mark.id in value
        case "model_list":
            return row.model.id in value
        case "price_gte":
            return Decimal(row.part.price) >= value
        case "price_lte":
            return Decimal(row.part.price) <= value
        case "params":
            attributes = read_json(row.part.json_data, lambda text: Amount(Fraction(text)))
            return all(_equals(attributes.get(key), member) for key, member in value.items() if not is_blank(member))
        case "page":
            return True
    raise AssertionError(f"the contract has no field {name}")


def _equals(stored: object, wanted: object) -> bool:
    if isinstance(wanted, bool):
        return stored is wanted
    if isinstance(wanted, str):
        return isinstance(stored, str) and as_compared(stored) == as_compared(wanted)
    if isinstance(wanted, Either):
        return any(_equals(stored, reading) for reading in wanted.readings)
    assert isinstance(wanted, int | Decimal)
    return stored == Amount(Fraction(wanted))


def shown(row: Row) -> dict[str, Any]:
    """Return a part in the form of the contract."""
    return {
        "id": written(row.part.id),
        "mark": {
            "id": written(row.mark.id),
            "name": row.mark.name,
            "producer_country_name": row.mark.producer_country_name,
        },
        "model": {"id": written(row.model.id), "name": row.model.name},
        "name": row.part.name,
        "json_data": read_json(row.part.json_data, lambda text: Amount(Fraction(text))),
        "price": written(Decimal(row.part.price)),
    }
