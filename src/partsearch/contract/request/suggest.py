"""The request and the answer of ``GET /suggest/``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson

from partsearch.contract import limits
from partsearch.contract.errors import invalid_fields
from partsearch.contract.field_errors import FieldError, FieldErrorCode
from partsearch.contract.request.reading import query_pairs
from partsearch.contract.request.values import is_blank
from partsearch.contract.text.json_text import decode_number
from partsearch.contract.text.normalized import trim

_FIELDS = ("q", "limit")


class SuggestionKind(StrEnum):
    """What a suggestion is, in the order of the answer."""

    NUMBER = "number"
    MARK = "mark"
    MODEL = "model"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """What a client has typed so far, None if nothing, and how many suggestions it wants."""

    q: str | None = None
    limit: int = limits.SUGGESTIONS


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to choose, the fields of the search that it stands for, and how many parts that search finds."""

    kind: SuggestionKind
    text: str
    count: int
    search: Mapping[str, Any]


def suggest_from_query(query: bytes) -> SuggestRequest:
    """Return the request in the query string of a GET.

    Raises:
        ProblemError: 400 if it cannot be read, 422 if fields are invalid or unknown.
    """
    given: dict[str, str] = {}
    errors: list[FieldError] = []
    for name, value in query_pairs(query):
        if name not in _FIELDS:
            unknown = FieldErrorCode.UNKNOWN_FIELD, {"request": "suggestions"}
            errors.append(FieldError(name[: limits.TEXT_LENGTH], *unknown))
        elif name in given:
            errors.append(FieldError(name, FieldErrorCode.REPEATED))
        else:
            given[name] = value
    q, limit = given.get("q"), given.get("limit")
    if q is not None and len(q) > limits.TEXT_LENGTH and not is_blank(q):
        errors.append(FieldError("q", FieldErrorCode.TEXT_TOO_LONG, {"maximum": limits.TEXT_LENGTH}))
    number = None if limit is None or is_blank(limit) else _limit(limit, errors)
    if errors:
        raise invalid_fields(errors)
    text = None if q is None or is_blank(q) else trim(q)
    return SuggestRequest(text, limits.SUGGESTIONS if number is None else number)


def _limit(written: str, errors: list[FieldError]) -> int | None:
    """Return the number of suggestions that a client wants, or None after adding what is wrong with it."""
    number = decode_number(written.strip())
    if number is None or (isinstance(number, Decimal) and number != number.to_integral_value()):
        errors.append(FieldError("limit", FieldErrorCode.NOT_WHOLE_NUMBER))
        return None
    if not 1 <= number <= limits.SUGGESTIONS_MAXIMUM:
        bounds = {"minimum": 1, "maximum": limits.SUGGESTIONS_MAXIMUM}
        errors.append(FieldError("limit", FieldErrorCode.OUT_OF_RANGE, bounds))
        return None
    return int(number)


def suggestions_answer(suggestions: Iterable[Suggestion]) -> bytes:
    """Return the answer of ``GET /suggest/``."""
    listed = [
        {"kind": each.kind.value, "text": each.text, "count": each.count, "search": dict(each.search)}
        for each in suggestions
    ]
    return orjson.dumps({"suggestions": listed})
