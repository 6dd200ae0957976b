"""The types of the search's fields: Pydantic checks them, and the validators here do the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from partsearch.contract import limits
from partsearch.contract.field_errors import FieldErrorCode
from partsearch.contract.text.normalized import is_empty, trim

ParamsScalar = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """A value of ``params`` in a query string that is both JSON and text; a part matches either."""

    as_json: ParamsScalar
    as_text: str


ParamsValue = ParamsScalar | TwoReadings


def is_blank(value: object) -> bool:
    """Return whether ``value`` means no filter: null, or a text of white space and invisible characters alone."""
    return value is None or (isinstance(value, str) and is_empty(value))


def _invalid(code: FieldErrorCode, **params: object) -> PydanticCustomError:
    """Return the error that a validator raises; Pydantic keeps the code as its type, and ``params`` as its context."""
    return PydanticCustomError(code, code, params)


def _whole_number(value: object) -> int:
    """Return a whole number; ``1.0`` is one too, as in JSON Schema.

    Decimals are compared here, never calculated with: Decimal's arithmetic rounds, and fails for huge numbers. A number
    beyond every id becomes the nearest one that no row has either, for ``int`` of ``1e999999`` would never end.
    """
    if type(value) is int:
        return value
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise _invalid(FieldErrorCode.NOT_WHOLE_NUMBER)
    beyond = limits.ID_MAXIMUM + 1
    return int(value) if -beyond < value < beyond else beyond if value > 0 else -beyond


def _existing(ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return those of ``ids`` that a row can have; the others match nothing."""
    return tuple(number for number in ids if 0 < number <= limits.ID_MAXIMUM)


def row_id(value: object) -> int:
    """Return one id; 0, which no row has, for every other whole number.

    Raises:
        PydanticCustomError: it is not a whole number; its type is the code of the error.
    """
    return next(iter(_existing((_whole_number(value),))), 0)


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if type(value) is int:
        return Decimal(value)
    raise _invalid(FieldErrorCode.NOT_NUMBER)


def _to_cents(rounding: str) -> Callable[[Decimal], Decimal]:
    """Return a function that rounds a bound to whole cents: no price lies between the bound and that cent."""
    return lambda price: price.quantize(limits.CENT, rounding)


def _params_value(value: object) -> ParamsValue | None:
    if is_blank(value):
        return None
    return _readings(value) if isinstance(value, TwoReadings) else _scalar(value)


def _readings(value: TwoReadings) -> ParamsValue:
    """Return the readings that a field can hold; a number that no field can hold is text alone."""
    try:
        as_json = _scalar(value.as_json)
    except PydanticCustomError:
        return _text(value.as_text)
    try:
        return TwoReadings(as_json, _text(value.as_text))
    except PydanticCustomError:
        return as_json


def _scalar(value: object) -> ParamsScalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, int | Decimal):
        raise _invalid(FieldErrorCode.NOT_PARAMS_VALUE)
    return _params_number(Decimal(value))


def _text(value: str) -> str:
    if len(value) > limits.TEXT_LENGTH:
        raise _invalid(FieldErrorCode.TEXT_TOO_LONG, maximum=limits.TEXT_LENGTH)
    return trim(value)


def _params_number(number: Decimal) -> Decimal:
    if number == 0:
        return Decimal(0)
    largest = limits.PARAMS_NUMBER_MAXIMUM
    if not -largest <= number <= largest:
        raise _invalid(FieldErrorCode.OUT_OF_RANGE, minimum=-largest, maximum=largest)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -limits.PARAMS_NUMBER_DECIMALS:
        raise _invalid(FieldErrorCode.TOO_MANY_DECIMALS, maximum=limits.PARAMS_NUMBER_DECIMALS)
    return number


def _without_blank(params: dict[str, ParamsValue | None]) -> dict[str, ParamsValue]:
    return {key: value for key, value in params.items() if value is not None}


TEXT_SCHEMA: dict[str, Any] = {"type": "string", "maxLength": limits.TEXT_LENGTH, "pattern": r"^[^\u0000]*$"}
"""The JSON Schema of a text: PostgreSQL stores no NUL character."""

_LARGEST = float(limits.PARAMS_NUMBER_MAXIMUM)
_PARAMS_SCHEMA = {
    "type": "object",
    "maxProperties": limits.PARAMS_KEYS,
    "propertyNames": TEXT_SCHEMA,
    "additionalProperties": {
        "anyOf": [
            TEXT_SCHEMA,
            {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST},
            {"type": "boolean"},
            {"type": "null"},
        ]
    },
}
_PRICE_SCHEMA = {"type": "number", "minimum": 0, "maximum": float(limits.PRICE_MAXIMUM)}

_LimitedText = Annotated[str, Field(strict=True, max_length=limits.TEXT_LENGTH)]
Text = Annotated[_LimitedText, AfterValidator(trim), WithJsonSchema(TEXT_SCHEMA)]
"""A text of at most 200 characters, trimmed; the length counts before it is trimmed."""

Ids = Annotated[
    tuple[Annotated[int, BeforeValidator(_whole_number)], ...],
    Field(max_length=limits.LIST_ITEMS),
    AfterValidator(_existing),
]
"""The ids that rows can have."""

_Price = Annotated[
    Decimal,
    Field(ge=0, le=limits.PRICE_MAXIMUM),
    BeforeValidator(_decimal),
    WithJsonSchema(_PRICE_SCHEMA),
]
LowestPrice = Annotated[_Price, AfterValidator(_to_cents(ROUND_CEILING))]
"""An inclusive lower bound, in whole cents."""

HighestPrice = Annotated[_Price, AfterValidator(_to_cents(ROUND_FLOOR))]
"""An inclusive upper bound, in whole cents."""

Page = Annotated[int, Field(ge=1, le=limits.PAGE_MAXIMUM), BeforeValidator(_whole_number)]
"""The number of a page, from 1."""


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _invalid(FieldErrorCode.NOT_BOOLEAN)
    return value


Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""True or false."""

PerPage = Annotated[int, Field(ge=1, le=limits.PARTS_PER_PAGE_MAXIMUM), BeforeValidator(_whole_number)]
"""How many parts a page has."""


class SortOrder(StrEnum):
    """The orders of an answer. Ties are in the order of ids."""

    ID = "id"
    RELEVANCE = "relevance"
    PRICE = "price"
    PRICE_DESCENDING = "-price"
    NEWEST = "-created"


def _sort_order(value: object) -> SortOrder:
    if not isinstance(value, str):
        raise _invalid(FieldErrorCode.NOT_TEXT)
    if trim(value) not in list(SortOrder):
        raise _invalid(FieldErrorCode.NOT_A_CHOICE, choices=", ".join(SortOrder))
    return SortOrder(trim(value))


Sort = Annotated[SortOrder, PlainValidator(_sort_order), WithJsonSchema({"type": "string", "enum": list(SortOrder)})]
"""The order of an answer."""

FACETS = ("mark", "model", "country", "name", "price", "color", "is_new_part")
"""The facets that are no key of json_data; those are ``params.<key>``."""

PARAMS_FACET = "params."


def _facet(value: object) -> str:
    if not isinstance(value, str):
        raise _invalid(FieldErrorCode.NOT_TEXT)
    name = trim(value)
    if name not in FACETS and not (name.startswith(PARAMS_FACET) and not is_empty(name.removeprefix(PARAMS_FACET))):
        raise _invalid(FieldErrorCode.NOT_A_CHOICE, choices=", ".join([*FACETS, f"{PARAMS_FACET}KEY"]))
    if len(name) > limits.TEXT_LENGTH:
        raise _invalid(FieldErrorCode.TEXT_TOO_LONG, maximum=limits.TEXT_LENGTH)
    return name


def _each_once(facets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(facets))


_FACET_SCHEMA = {"type": "string", "pattern": rf"^({'|'.join(FACETS)}|params\.[a-z_]{{1,100}})$"}
"""Any key may follow ``params.``; in the schema these stand for all of them."""

Facets = Annotated[
    tuple[Annotated[str, PlainValidator(_facet)], ...],
    Field(max_length=limits.FACETS),
    AfterValidator(_each_once),
    WithJsonSchema({"type": "array", "items": _FACET_SCHEMA, "maxItems": limits.FACETS}),
]
"""The facets to count, each once."""

Params = Annotated[
    dict[_LimitedText, Annotated[ParamsValue, PlainValidator(_params_value)]],
    Field(strict=True, max_length=limits.PARAMS_KEYS),
    AfterValidator(_without_blank),
    WithJsonSchema(_PARAMS_SCHEMA),
]
"""Keys of ``json_data`` and the values that they must equal, without those that mean no filter."""
