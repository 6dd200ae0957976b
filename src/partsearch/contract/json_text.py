"""JSON as a client writes it: read strictly, its numbers exact."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from partsearch.contract import limits
from partsearch.contract.errors import not_json

_LONGEST_INT = 400
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _decimal(digits: str) -> Decimal:
    """The number exactly; with an exponent that nothing can hold, a number that is as far away or as close to 0."""
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
    """The value that ``text`` writes: its numbers ``int`` or ``Decimal``, its texts such as PostgreSQL can hold.

    Raises:
        ValueError: it is not JSON, or only nearly: it holds NaN, a key twice, too many objects in one another.
        ProblemError: 400, where a text in it cannot be stored.
    """
    _refuse_deep_nesting(text)
    value = _decoder.decode(text)
    if "\\u" in text:
        _refuse_unstorable_within(value)
    return value


def _refuse_deep_nesting(text: str) -> None:
    if text.count("[") + text.count("{") <= limits.JSON_DEPTH:
        return
    depth = 0
    for piece in _TEXT_OR_BRACKET.findall(text):
        depth += (piece in "[{") - (piece in "]}")
        if depth > limits.JSON_DEPTH:
            raise ValueError(f"it is nested more than {limits.JSON_DEPTH} deep")


def refuse_unstorable(text: str) -> None:
    """Refuses what PostgreSQL cannot hold in a text.

    Raises:
        ProblemError: 400, where it holds a NUL character or half of a surrogate pair.
    """
    if _UNSTORABLE.search(text):
        raise not_json("A text holds a NUL character or half of a surrogate pair.")


def _refuse_unstorable_within(value: Any) -> None:
    if isinstance(value, str):
        refuse_unstorable(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            refuse_unstorable(key)
            _refuse_unstorable_within(member)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable_within(item)


def decode_number(text: str) -> int | Decimal | None:
    """The number that ``text`` writes as JSON does; ``None`` where it writes none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    return _integer(text) if match[2] is match[3] is None else _decimal(text)
