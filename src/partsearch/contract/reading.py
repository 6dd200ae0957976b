"""From the bytes of a request to the search they ask for: the JSON body of a POST, the query string of a GET."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from partsearch.contract import limits
from partsearch.contract.errors import FieldError, ProblemError, not_json, not_json_content_type, too_large, wrong_fields
from partsearch.contract.search import FIELDS, Search, read_search

_LONGEST_INT = 400
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PARAMS_PREFIX = "params."


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _decimal(digits: str) -> Decimal:
    """The number exactly; with an exponent that nothing can hold, a number that is as far out of every range."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal("1e999999")


def _no_constant(name: str) -> NoReturn:
    raise not_json(f"{name} is not a JSON value.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise not_json("The JSON names a key twice in one object.")
    return members


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant
)


def _decode_json(text: str) -> Any:
    try:
        return _decoder.decode(text)
    except RecursionError:
        raise not_json("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise not_json(f"The body is not JSON: {error}.") from None


def _decode_utf8(raw: bytes, place: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise not_json(f"The {place} is not UTF-8.") from None


def _refuse_unstorable(value: Any) -> None:
    """Refuses what PostgreSQL cannot hold in a text: a NUL character, half of a surrogate pair."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise not_json("A text holds a NUL character or half of a surrogate pair.")
    elif isinstance(value, dict):
        for key, member in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(member)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)


def check_content_type(content_type: str) -> None:
    """Raises 415 unless the header ``Content-Type`` says JSON in UTF-8."""
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.lower().replace('"', "").partition("charset=")[2].strip()
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise not_json_content_type()


def check_content_length(length: str | None) -> None:
    """Raises 413 where the header ``Content-Length`` announces a body over the limit."""
    if length and length.isascii() and length.isdigit() and int(length[:20]) > limits.BODY_BYTES:
        raise too_large(limits.BODY_BYTES)


def search_from_body(body: bytes) -> Search:
    """The search in the JSON body of a POST.

    Raises:
        ProblemError: 400 where it cannot be read, 413 where it is too large, 422 where fields are wrong.
    """
    if len(body) > limits.BODY_BYTES:
        raise too_large(limits.BODY_BYTES)
    text = _decode_utf8(body, "body")
    fields = _decode_json(text)
    if not isinstance(fields, dict):
        raise not_json("The body must be a JSON object.")
    if "\\u" in text:
        _refuse_unstorable(fields)
    return read_search(fields)


def search_from_query(query: bytes) -> Search:
    """The search in the query string of a GET, as it stands in the URL after ``?``.

    Raises:
        ProblemError: 400 where it cannot be read, 422 where fields are wrong.
    """
    if not query:
        return Search()
    fields: dict[str, Any] = {}
    params: dict[str, Any] = {}
    repeated: list[FieldError] = []
    for name, value in query_pairs(query):
        key = name.removeprefix(_PARAMS_PREFIX)
        target = fields if key == name else params
        if name in _LISTS:
            if value:
                fields.setdefault(name, []).append(_query_number(value))
        elif key in target:
            repeated.append(FieldError(name[: limits.TEXT_LENGTH], "is given more than once"))
        else:
            target[key] = _params_value(value) if target is params else _field_value(name, value)
    if repeated:
        raise wrong_fields(repeated)
    return _read_with_params(fields, params)


_LISTS = {name for name, field in FIELDS.items() if field.schema["type"] == "array"}
_NUMBERS = {name for name, field in FIELDS.items() if field.schema["type"] in ("integer", "number")}


def _read_with_params(fields: dict[str, Any], params: dict[str, Any]) -> Search:
    if "params" in fields:
        raise wrong_fields([FieldError("params", "is given as params.KEY=VALUE in a query string")])
    if params:
        fields["params"] = params
    return read_search(fields)


def query_pairs(query: bytes) -> list[tuple[str, str]]:
    """The names and values of a query string, decoded.

    Raises:
        ProblemError: 400 where it is not UTF-8 or holds a NUL character.
    """
    pairs = []
    for piece in query.split(b"&"):
        if piece:
            name, _, value = piece.replace(b"+", b" ").partition(b"=")
            pairs.append((_unquote(name), _unquote(value)))
    return pairs


def _unquote(raw: bytes) -> str:
    text = _decode_utf8(unquote_to_bytes(raw) if b"%" in raw else raw, "query string")
    _refuse_unstorable(text)
    return text


def _query_number(value: str) -> object:
    """The number that ``value`` writes; else the text itself, for the field to refuse."""
    trimmed = value.strip()
    match = _JSON_NUMBER.fullmatch(trimmed)
    if match is None:
        return value
    return _integer(trimmed) if match[2] is match[3] is None else _decimal(trimmed)


def _field_value(name: str, value: str) -> object:
    return _query_number(value) if name in _NUMBERS else value


def _params_value(value: str) -> object:
    """``value`` as JSON where it is valid JSON, as text where not."""
    try:
        decoded = _decoder.decode(value)
    except (ValueError, RecursionError, ProblemError):
        return value
    _refuse_unstorable(decoded)
    return decoded


def mark_id_from_query(query: bytes) -> int | None:
    """The mark whose models are asked for: the only field of the query string of ``GET /model/``.

    Raises:
        ProblemError: 400 where it cannot be read, 422 where it is wrong.
    """
    pairs = query_pairs(query)
    faults = [FieldError(name[: limits.TEXT_LENGTH], "is not a field of the list") for name, _ in pairs if name != "mark_id"]
    if len(pairs) - len(faults) > 1:
        faults.append(FieldError("mark_id", "is given more than once"))
    given = [value for name, value in pairs if name == "mark_id" and value.strip()]
    number = _query_number(given[0]) if given else None
    if given and not isinstance(number, int):
        faults.append(FieldError("mark_id", "must be a whole number"))
    if faults:
        raise wrong_fields(faults)
    return number if isinstance(number, int) else None


def refuse_query(query: bytes) -> None:
    """Raises 422 for every field in the query string of an address that takes none."""
    faults = [FieldError(name[: limits.TEXT_LENGTH], "is not a field of the list") for name, _ in query_pairs(query)]
    if faults:
        raise wrong_fields(faults)
