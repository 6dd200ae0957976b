"""The facets of an answer in OpenAPI."""

from typing import Any

_COUNT = {"type": "integer", "minimum": 0}
_PRICE = {"type": ["number", "null"], "minimum": 0}


def facets_schema() -> dict[str, Any]:
    """Return the JSON Schema of the facets of an answer."""
    value = {
        "value": {"type": ["integer", "number", "string", "boolean"]},
        "label": {"type": "string"},
        "count": _COUNT,
    }
    values = {"values": {"type": "array", "items": _object(value)}, "others": _COUNT}
    bucket = {"from": {"type": "integer"}, "to": {"type": "integer"}, "count": _COUNT}
    prices = {"min": _PRICE, "max": _PRICE, "buckets": {"type": "array", "items": _object(bucket)}}
    return {
        "type": "object",
        "title": "Facets",
        "description": "Each facet that was asked for: the 20 most frequent values and the chosen ones, counted over "
        "all filters but its own, and how many others there are. A price has buckets: `from` is inclusive, `to` is "
        "not.",
        "properties": {"price": _object(prices)},
        "additionalProperties": _object(values),
    }


FACETS_EXAMPLE = {
    "mark": {"values": [{"value": 1, "label": "Honda", "count": 28}], "others": 3},
    "color": {"values": [{"value": "белый", "label": "Белый", "count": 5}], "others": 0},
    "price": {
        "min": 100,
        "max": 450,
        "buckets": [{"from": 100, "to": 200, "count": 7}, {"from": 200, "to": 500, "count": 2}],
    },
}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
