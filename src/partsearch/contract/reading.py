"""From the bytes of a request to the search they ask for: the JSON body of a POST, the query string of a GET."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from partsearch.contract import limits, values
from partsearch.contract.errors import (
    FieldError,
    encoded_body,
    not_json,
    not_json_content_type,
    too_large,
    wrong_fields,
)
from partsearch.contract.json_text import decode_json, decode_number, refuse_unstorable
from partsearch.contract.search import FIELDS, Search, read_search

_PARAMS_PREFIX = "params."


def _decode_utf8(raw: bytes, place: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise not_json(f"The {place} is not UTF-8.") from None


def check_content_type(content_type: str) -> None:
    """Raises 415 unless the header ``Content-Type`` says JSON in UTF-8."""
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.lower().replace('"', "").partition("charset=")[2].strip()
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise not_json_content_type()


def check_content_encoding(encoding: str | None) -> None:
    """Raise 415 where the header ``Content-Encoding`` says that the body is compressed, or coded in another way."""
    if encoding and any(name.strip().lower() not in ("", "identity") for name in encoding.split(",")):
        raise encoded_body()


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
    try:
        fields = decode_json(text)
    except ValueError as error:
        raise not_json(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise not_json("The body must be a JSON object.")
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
    faults: list[FieldError] = []
    for name, value in query_pairs(query):
        key = name.removeprefix(_PARAMS_PREFIX)
        target = fields if key == name else params
        if name == "params":
            faults.append(FieldError(name, "is given as params.KEY=VALUE in a query string"))
        elif name in _LISTS:
            if value:
                fields.setdefault(name, []).append(_query_number(value))
        elif key in target:
            faults.append(FieldError(name[: limits.TEXT_LENGTH], "is given more than once"))
        else:
            target[key] = _params_value(value) if target is params else _field_value(name, value)
    if params:
        fields["params"] = params
    return read_search(fields, faults)


_LISTS = {name for name, field in FIELDS.items() if field.schema["type"] == "array"}
_NUMBERS = {name for name, field in FIELDS.items() if field.schema["type"] in ("integer", "number")}


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
    refuse_unstorable(text)
    return text


def _query_number(value: str) -> object:
    """The number that ``value`` writes; else the text itself, for the field to refuse."""
    number = decode_number(value.strip())
    return value if number is None else number


def _field_value(name: str, value: str) -> object:
    return _query_number(value) if name in _NUMBERS else value


def _params_value(value: str) -> object:
    """Return both readings of ``value`` where it is a text, a number or a boolean of JSON; else the one that it has."""
    try:
        as_json = decode_json(value)
    except ValueError:
        return value
    if isinstance(as_json, list | dict):
        return value
    return as_json if values.is_blank(as_json) else values.TwoReadings(as_json, value)


def mark_id_from_query(query: bytes) -> int | None:
    """The mark whose models are asked for: the only field of the query string of ``GET /model/``.

    Raises:
        ProblemError: 400 where it cannot be read, 422 where it is wrong.
    """
    pairs = query_pairs(query)
    given = [value for name, value in pairs if name == "mark_id"]
    collector = values.FaultCollector(_unknown_fields(name for name, _ in pairs if name != "mark_id"))
    if len(given) > 1:
        collector.faults.append(FieldError("mark_id", "is given more than once"))
    mark_id = None
    with collector.at("mark_id"):
        if given and not values.is_blank(given[0]):
            mark_id = values.row_id(_query_number(given[0]))
    if collector.faults:
        raise wrong_fields(collector.faults)
    return mark_id


def refuse_query(query: bytes) -> None:
    """Raises 422 for every field in the query string of an address that takes none."""
    faults = _unknown_fields(name for name, _ in query_pairs(query))
    if faults:
        raise wrong_fields(faults)


def _unknown_fields(names: Iterable[str]) -> list[FieldError]:
    return [FieldError(name[: limits.TEXT_LENGTH], "is not a field of the list") for name in names]
