"""The contract in OpenAPI, generated from the model that checks every request."""

import json
from typing import Any

from partsearch.contract import limits
from partsearch.contract.answer.facets_schema import FACETS_EXAMPLE, facets_schema
from partsearch.contract.answer.rendering import JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE
from partsearch.contract.exported_list.formats import ExportFormat, content_type
from partsearch.contract.filters.understood import CorrectionKind
from partsearch.contract.request.search import FIELDS, OF_ONE_PAGE
from partsearch.contract.request.suggest import SuggestionKind
from partsearch.contract.request.values import TEXT_SCHEMA

_BLANK = (
    r"^[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]*$"
)
"""White space and invisible characters as in ``text``, without those that some regular expression engines lack."""

_NO_FILTER = [{"type": "string", "pattern": _BLANK}, {"type": "null"}]

SEARCH_EXAMPLES: dict[str, Any] = {
    "front bumpers": {
        "summary": "Black bumpers of one mark",
        "value": {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный"}, "page": 1},
    },
    "price range": {
        "summary": "Used white bumpers of two marks, by price",
        "value": {
            "mark_list": [1, 3],
            "part_name": "бамп",
            "params": {"is_new_part": False, "color": "белый"},
            "price_gte": 2000,
            "price_lte": 5000,
            "page": 1,
        },
    },
    "as typed": {
        "summary": "What a person typed, with mistakes",
        "value": {"q": "бапмер хонда перед", "highlight": True, "per_page": 20},
    },
    "sorted": {"summary": "The cheapest doors", "value": {"part_name": "дверь", "sort": "price"}},
    "facets": {
        "summary": "Bumpers of one mark, with those of the other marks counted, and with the prices",
        "value": {"mark_list": [1], "part_name": "бампер", "facets": ["mark", "color", "price"]},
    },
    "everything": {"summary": "Every part", "value": {}},
}

_PART_EXAMPLE: dict[str, Any] = {
    "id": 17,
    "mark": {"id": 1, "name": "Honda", "producer_country_name": "Япония"},
    "model": {"id": 2, "name": "Accord"},
    "name": "Бампер передний",
    "json_data": {"is_new_part": True, "color": "красный", "count": 4},
    "price": 2300,
}

ANSWER_EXAMPLE: dict[str, Any] = {"response": [_PART_EXAMPLE], "count": 1, "summ": 2300}
UNDERSTOOD_EXAMPLE: dict[str, Any] = {
    "q": "бампер honda",
    "mark_list": [1],
    "model_list": [],
    "number": None,
    "params": {},
    "corrections": [{"from": "бапмер", "to": "бампер", "kind": "typo"}],
    "unused": [],
}

ANSWER_EXAMPLES: dict[str, Any] = {
    "as typed": {
        "summary": "The answer to `q` with highlights",
        "value": {
            **ANSWER_EXAMPLE,
            "response": [{**part, "highlight": {"name": [[0, 6]]}} for part in ANSWER_EXAMPLE["response"]],
            "understood": UNDERSTOOD_EXAMPLE,
        },
    },
    "parts": {"summary": "One part", "value": ANSWER_EXAMPLE},
    "facets": {"summary": "The same with facets", "value": {**ANSWER_EXAMPLE, "facets": FACETS_EXAMPLE}},
}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, **more}


def search_schema() -> dict[str, Any]:
    """Return the JSON Schema of the search object."""
    properties = {
        name: {
            "anyOf": [field.schema, *_NO_FILTER],
            "description": f"{field.description} `null`, an empty text and an absent field mean no filter.",
            "examples": [field.example],
        }
        for name, field in FIELDS.items()
    }
    return {"type": "object", "title": "Search", "properties": properties, "additionalProperties": False}


def answer_schema() -> dict[str, Any]:
    """Return the JSON Schema of the answer to a search."""
    identity = {"type": "integer"}
    text = {"type": "string"}
    amount = {"type": "number", "minimum": 0, "description": "Exact decimals, no trailing zeros."}
    part = _object(
        {
            "id": identity,
            "mark": _object({"id": identity, "name": text, "producer_country_name": text}),
            "model": _object({"id": identity, "name": text}),
            "name": text,
            "json_data": {"type": "object", "description": "The part's attributes; any key may be absent."},
            "price": amount,
        }
    )
    ranges = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}}
    part["properties"]["highlight"] = _object(
        {"name": ranges}, description="With `highlight`: the characters of the name that `q` has found, `[start, end)`."
    )
    schema = _object(
        {
            "response": {"type": "array", "items": part, "maxItems": limits.PARTS_PER_PAGE_MAXIMUM},
            "count": {"type": "integer", "minimum": 0, "description": "How many parts match, over all pages."},
            "summ": {**amount, "description": "The sum of the prices of all that match, over all pages."},
        },
        title="Found parts",
    )
    schema["properties"]["understood"] = _understood_schema()
    schema["properties"]["facets"] = facets_schema()
    return schema


def _understood_schema() -> dict[str, Any]:
    text = {"type": "string"}
    ids = {"type": "array", "items": {"type": "integer"}}
    kinds = {"type": "string", "enum": list(CorrectionKind)}
    correction = _object({"from": text, "to": text, "kind": kinds})
    return _object(
        {
            "q": {**text, "description": "The text that is searched after corrections."},
            "mark_list": ids,
            "model_list": ids,
            "number": {"anyOf": [text, {"type": "null"}], "description": "The part number, normalised."},
            "params": {"type": "object", "description": "Keys of `json_data` and the values that were understood."},
            "corrections": {"type": "array", "items": correction},
            "unused": {"type": "array", "items": text, "description": "Words that were not understood, as typed."},
        },
        description="With `q`: what it was understood as.",
    )


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema of every error (RFC 9457)."""
    text = {"type": "string"}
    error = _object({"field": text, "message": text})
    schema = _object({"type": text, "title": text, "status": {"type": "integer"}, "detail": text}, title="Problem")
    schema["properties"]["errors"] = {"type": "array", "items": error, "description": "The errors, field by field."}
    return schema


_HEADERS = {
    "X-Engine": {"description": "The service that answered.", "schema": {"enum": ["fastapi", "django"]}},
    "X-Release": {"description": "The release that answered.", "schema": {"type": "string"}},
}
_PROBLEMS = {
    400: ("The body or the query string cannot be read.", "The body must be a JSON object."),
    404: ("No part that is shown has this id.", "There is nothing at this address."),
    405: ("The address does not allow this method.", "This address answers GET, POST, HEAD only."),
    413: ("The body is over 64 KiB.", "The body is over 64 KiB."),
    415: (
        "The content type is not JSON, or the body is compressed.",
        "Send the search as JSON, with the header 'Content-Type: application/json'.",
    ),
    422: ("Fields are wrong or unknown; all of them are named.", "Some fields are wrong: see 'errors'."),
    429: (
        "This address has been at its limit of concurrent searches for a second, or exceeds a rate limit.",
        "Too many requests.",
    ),
    503: (
        "The database is out of reach, the search ran past its time limit, or too many searches wait for a second.",
        "The database is out of reach.",
    ),
}
_RETRY = {"Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "integer"}}}


def describe_problem(status: int) -> dict[str, Any]:
    """Return the OpenAPI response object of the error ``status``."""
    description, detail = _PROBLEMS[status]
    example: dict[str, Any] = {"type": "about:blank", "title": "…", "status": status, "detail": detail}
    if status == 422:
        example["errors"] = [{"field": "page", "message": f"must be between 1 and {limits.PAGE_MAXIMUM}"}]
    return {
        "description": description,
        "headers": _HEADERS | (_RETRY if status in (429, 503) else {}),
        "content": {PROBLEM_CONTENT_TYPE: {"schema": problem_schema(), "example": example}},
    }


def describe_answer() -> dict[str, Any]:
    """Return the OpenAPI response object of a search."""
    return {
        "description": "The page, with the exact count and sum of all that match. A page past the end is empty.",
        "headers": _HEADERS,
        "content": {JSON_CONTENT_TYPE: {"schema": answer_schema(), "examples": ANSWER_EXAMPLES}},
    }


def describe_search_body() -> dict[str, Any]:
    """Return the OpenAPI request body object of ``POST /search/part/``."""
    content = {JSON_CONTENT_TYPE: {"schema": search_schema(), "examples": SEARCH_EXAMPLES}}
    return {"required": True, "content": content, "description": "The search object, at most 64 KiB."}


def describe_part_id() -> dict[str, Any]:
    """Return the OpenAPI parameter in the address of ``GET /part/17/``."""
    schema = {"type": "integer", "minimum": 1, "maximum": limits.ID_MAXIMUM}
    return {
        "name": "part_id",
        "in": "path",
        "required": True,
        "description": "The part's id.",
        "schema": schema,
        "example": 17,
    }


def describe_part() -> dict[str, Any]:
    """Return the OpenAPI response object of ``GET /part/17/``."""
    time = {"type": "string", "format": "date-time"}
    part = answer_schema()["properties"]["response"]["items"]
    properties = {name: part["properties"][name] for name in part["required"]} | {
        "created_at": time,
        "updated_at": time,
    }
    example = _PART_EXAMPLE | {
        "created_at": "2026-11-27T02:00:00.123456Z",
        "updated_at": "2026-11-27T02:00:00.123456Z",
    }
    return {
        "description": "The part, with the times when it was added and last changed, in UTC.",
        "headers": _HEADERS,
        "content": {JSON_CONTENT_TYPE: {"schema": _object(properties, title="Part"), "example": example}},
    }


def describe_suggest_parameters() -> list[dict[str, Any]]:
    """Return the OpenAPI parameters of ``GET /suggest/``."""
    limit = {"type": "integer", "minimum": 1, "maximum": limits.SUGGESTIONS_MAXIMUM, "default": limits.SUGGESTIONS}
    return [
        _parameter("q", TEXT_SCHEMA, "What a person has typed so far; without it nothing is suggested.", "ба"),
        _parameter("limit", limit, "How many suggestions are wanted.", limits.SUGGESTIONS),
    ]


def describe_suggestions() -> dict[str, Any]:
    """Return the OpenAPI response object of ``GET /suggest/``."""
    text = {"type": "string"}
    search = {"type": "object", "description": "The fields of the search that the suggestion stands for."}
    suggestion = _object(
        {
            "kind": {"enum": list(SuggestionKind)},
            "text": text,
            "count": {"type": "integer", "minimum": 1, "description": "How many parts that search finds."},
            "search": search,
        }
    )
    items = {"type": "array", "items": suggestion, "maxItems": limits.SUGGESTIONS_MAXIMUM}
    example = {
        "suggestions": [
            {"kind": "mark", "text": "BMW", "count": 97, "search": {"mark_list": [2]}},
            {"kind": "name", "text": "Бампер передний", "count": 412, "search": {"part_name": "бампер передний"}},
        ]
    }
    return {
        "description": "What the text may become: part numbers, marks, models and names of shown parts, in this order.",
        "headers": _HEADERS,
        "content": {
            JSON_CONTENT_TYPE: {"schema": _object({"suggestions": items}, title="Suggestions"), "example": example}
        },
    }


def describe_query_parameters() -> list[dict[str, Any]]:
    """Return the OpenAPI parameters of ``GET /search/part/``.

    Any key may follow ``params.``; the usual ones stand for all of them.
    """
    plain = [
        _parameter(name, field.schema, field.description, field.example)
        for name, field in FIELDS.items()
        if name != "params"
    ]
    usual = {"color": "белый", "is_new_part": False, "count": 1, "oem": "04711-S84-A90ZZ", "year": 2005}
    about = (
        "Any key may follow `params.`. A value that is a text, a number or a boolean of JSON finds what equals it, and "
        "the text that is written alike: `600947999` finds the number and the text. Any other value is a text."
    )
    return plain + [
        _parameter(f"params.{key}", TEXT_SCHEMA, about, json.dumps(example, ensure_ascii=False).strip('"'))
        for key, example in usual.items()
    ]


def describe_export_parameters() -> list[dict[str, Any]]:
    """Return the OpenAPI parameters of ``GET /search/part/export/``: the format and the filters."""
    formats = {"type": "string", "enum": list(ExportFormat)}
    filters = [parameter for parameter in describe_query_parameters() if parameter["name"] not in OF_ONE_PAGE]
    return [_parameter("format", formats, "The format of the file; `csv` if absent.", "csv"), *filters]


def describe_export() -> dict[str, Any]:
    """Return the OpenAPI response object of an export."""
    file = {"schema": {"type": "string", "format": "binary"}}
    name = {"description": "The name of the file.", "schema": {"type": "string"}}
    return {
        "description": "The file. If the connection ends before the last chunk, the file is not whole.",
        "headers": _HEADERS | {"Content-Disposition": name},
        "content": {content_type(each): file for each in ExportFormat},
    }


def _parameter(name: str, schema: dict[str, Any], description: str, example: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "example": example,
    }
