"""JSON that keeps every number as it is written: ``1.10`` stays ``1.10``."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import orjson

_MOST_INT_DIGITS = 18
_LARGEST_EXPONENT = 400
_MOST_DECIMALS = 16_383
"""PostgreSQL's limit of numeric, and so of jsonb."""


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_INT_DIGITS else Decimal(digits)


def _fraction(digits: str) -> float | Decimal:
    value = float(digits)
    if repr(value) == digits and "e" not in digits:
        return value
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise ValueError("a number is too large") from None
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or exponent < -_MOST_DECIMALS
        or number.adjusted() > _LARGEST_EXPONENT + len(digits)
    ):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=_no_constant)


def decode_exact(text: str) -> Any:
    """Return the value of JSON text. A number is a ``Decimal`` where an ``int`` or ``float`` is written differently.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deep.
    """
    return _decoder.decode(text)


def encode_exact(value: Any, option: int = 0) -> bytes:
    """Return the JSON of what ``decode_exact`` returns, with the same numbers; ``option`` is one of orjson's."""
    return orjson.dumps(value, default=_written, option=option)


def _written(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(type(value).__name__)
