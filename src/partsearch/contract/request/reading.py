"""Reads the search in a request: in the JSON body of a POST, or in the query string of a GET."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from pydantic_core import PydanticCustomError

from partsearch.contract import limits
from partsearch.contract.errors import (
    encoded_body,
    invalid_fields,
    not_json,
    not_json_content_type,
    not_utf8,
    too_large,
)
from partsearch.contract.field_errors import FieldError, FieldErrorCode
from partsearch.contract.request import values
from partsearch.contract.request.search import FIELDS, Search, read_search
from partsearch.contract.text.json_text import check_storable, decode_json, decode_number

_PARAMS_PREFIX = "params."


def _decode_utf8(raw: bytes, place: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise not_utf8(place) from None


def check_content_type(content_type: str) -> None:
    """Raise 415 unless the header ``Content-Type`` says JSON in UTF-8."""
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.lower().replace('"', "").partition("charset=")[2].strip()
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise not_json_content_type()


def check_content_encoding(encoding: str | None) -> None:
    """Raise 415 if the header ``Content-Encoding`` says that the body is compressed or otherwise encoded."""
    if encoding and any(name.strip().lower() not in ("", "identity") for name in encoding.split(",")):
        raise encoded_body()


def check_content_length(length: str | None) -> None:
    """Raise 413 if the header ``Content-Length`` announces a body over the limit."""
    if length and length.isascii() and length.isdigit() and int(length[:20]) > limits.BODY_BYTES:
        raise too_large(limits.BODY_BYTES)


def search_from_body(body: bytes) -> Search:
    """Return the search in the JSON body of a POST.

    Raises:
        ProblemError: 400 if it cannot be read, 413 if it is too large, 422 if fields are invalid.
    """
    if len(body) > limits.BODY_BYTES:
        raise too_large(limits.BODY_BYTES)
    text = _decode_utf8(body, "body")
    try:
        fields = decode_json(text)
    except ValueError as error:
        raise not_json(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise not_json("The body must be a JSON object.")
    return read_search(fields)


def search_from_query(query: bytes) -> Search:
    """Return the search in the query string of a GET, the part of the URL after ``?``.

    Raises:
        ProblemError: 400 if it cannot be read, 422 if fields are invalid.
    """
    return search_from_pairs(query_pairs(query), []) if query else Search()


def search_from_pairs(pairs: Iterable[tuple[str, str]], errors: list[FieldError]) -> Search:
    """Return the search that the names and values of a query string ask for; ``errors`` were found before."""
    fields: dict[str, Any] = {}
    params: dict[str, Any] = {}
    for name, value in pairs:
        key = name.removeprefix(_PARAMS_PREFIX)
        target = fields if key == name else params
        if name == "params":
            errors.append(FieldError(name, FieldErrorCode.PARAMS_WITHOUT_KEY))
        elif name in _LISTS:
            if value:
                fields.setdefault(name, []).append(value if name in _LISTS_OF_TEXTS else _query_number(value))
        elif key in target:
            errors.append(FieldError(name[: limits.TEXT_LENGTH], FieldErrorCode.REPEATED))
        else:
            target[key] = _params_value(value) if target is params else _field_value(name, value)
    if params:
        fields["params"] = params
    return read_search(fields, errors)


_LISTS = {name for name, field in FIELDS.items() if field.schema["type"] == "array"}
_LISTS_OF_TEXTS = {name for name in _LISTS if FIELDS[name].schema["items"]["type"] == "string"}
_BOOLEANS = {name for name, field in FIELDS.items() if field.schema["type"] == "boolean"}
_NUMBERS = {name for name, field in FIELDS.items() if field.schema["type"] in ("integer", "number")}


def query_pairs(query: bytes) -> list[tuple[str, str]]:
    """Return the names and values in a query string, decoded.

    Raises:
        ProblemError: 400 if it is not UTF-8 or holds a NUL character.
    """
    pairs = []
    for piece in query.split(b"&"):
        if piece:
            name, _, value = piece.replace(b"+", b" ").partition(b"=")
            pairs.append((_unquote(name), _unquote(value)))
    return pairs


def _unquote(raw: bytes) -> str:
    text = _decode_utf8(unquote_to_bytes(raw) if b"%" in raw else raw, "query string")
    check_storable(text)
    return text


def _query_number(value: str) -> object:
    """Return the number that ``value`` writes, or else the text itself, which the field then rejects."""
    number = decode_number(value.strip())
    return value if number is None else number


def _field_value(name: str, value: str) -> object:
    if name in _BOOLEANS:
        return {"true": True, "false": False}.get(value.strip(), value)
    return _query_number(value) if name in _NUMBERS else value


def _params_value(value: str) -> object:
    """Return both readings of ``value`` if it is also a JSON text, number or boolean, or else the only one."""
    try:
        as_json = decode_json(value)
    except ValueError:
        return value
    if isinstance(as_json, list | dict):
        return value
    return as_json if values.is_blank(as_json) else values.TwoReadings(as_json, value)


def mark_id_from_query(query: bytes) -> int | None:
    """Return the mark in the query string of ``GET /model/``, its only field; ``None`` if it is not given.

    Raises:
        ProblemError: 400 if it cannot be read, 422 if it is invalid.
    """
    pairs = query_pairs(query)
    given = [value for name, value in pairs if name == "mark_id"]
    errors = _unknown_fields(name for name, _ in pairs if name != "mark_id")
    if len(given) > 1:
        errors.append(FieldError("mark_id", FieldErrorCode.REPEATED))
    mark_id = None
    try:
        if given and not values.is_blank(given[0]):
            mark_id = values.row_id(_query_number(given[0]))
    except PydanticCustomError as error:
        errors.append(FieldError("mark_id", FieldErrorCode(error.type)))
    if errors:
        raise invalid_fields(errors)
    return mark_id


def check_no_fields(query: bytes, request: str = "list") -> None:
    """Raise 422 if the query string of an address that takes no fields has any; ``request`` is what it answers."""
    errors = _unknown_fields((name for name, _ in query_pairs(query)), request)
    if errors:
        raise invalid_fields(errors)


def part_id_from_path(written: str) -> int | None:
    """Return the id in the address ``/part/17/``, or None if no part can have it: each part has one address."""
    if not _ID.fullmatch(written):
        return None
    number = int(written)
    return number if number <= limits.ID_MAXIMUM else None


_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def _unknown_fields(names: Iterable[str], request: str = "list") -> list[FieldError]:
    code, params = FieldErrorCode.UNKNOWN_FIELD, {"request": request}
    return [FieldError(name[: limits.TEXT_LENGTH], code, params) for name in names]
