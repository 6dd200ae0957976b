"""Decodes a client's JSON strictly and keeps its numbers exact, which Pydantic's own JSON parser does not.

That one reads decimals as floats and takes the last of two equal keys: ``docs/decisions/pydantic.md``.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from partsearch.contract import limits
from partsearch.contract.errors import unstorable_text

_LONGEST_INT = 400
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _decimal(digits: str) -> Decimal:
    """Return the exact number; where no ``Decimal`` holds its exponent, one that is as far from 0 or as close to it."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        mantissa, _, exponent = digits.lower().partition("e")
        sign = "-" if mantissa.startswith("-") else ""
        if not re.search("[1-9]", mantissa):
            return Decimal(0)
        return Decimal(f"{sign}1e-999999" if exponent.startswith("-") else f"{sign}1e999999")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key is named twice in one object")
    return members


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant
)


def decode_json(text: str) -> Any:
    """Return the value that ``text`` writes: its numbers are ``int`` or ``Decimal``, its texts fit PostgreSQL.

    Raises:
        ValueError: it is not strict JSON: it has a syntax error, NaN, a key twice, or too many nested objects.
        ProblemError: 400, a text in it cannot be stored.
    """
    _check_depth(text)
    value = _decoder.decode(text)
    if "\\u" in text:
        _check_storable_within(value)
    return value


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= limits.JSON_DEPTH:
        return
    depth = 0
    for piece in _TEXT_OR_BRACKET.findall(text):
        depth += (piece in "[{") - (piece in "]}")
        if depth > limits.JSON_DEPTH:
            raise ValueError(f"it is nested more than {limits.JSON_DEPTH} deep")


def check_storable(text: str) -> None:
    """Raise 400 if ``text`` holds what PostgreSQL cannot store: a NUL character or half of a surrogate pair."""
    if _UNSTORABLE.search(text):
        raise unstorable_text()


def _check_storable_within(value: Any) -> None:
    if isinstance(value, str):
        check_storable(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            check_storable(key)
            _check_storable_within(member)
    elif isinstance(value, list):
        for item in value:
            _check_storable_within(item)


def decode_number(text: str) -> int | Decimal | None:
    """Return the number that ``text`` writes in the syntax of JSON, or ``None`` if it is no number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    return _integer(text) if match[2] is match[3] is None else _decimal(text)
