"""Values of JSON objects as cells."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from partsearch.price_list.formats.cell_text import cell_text, storable

_Key = TypeVar("_Key")


def cells_of(found: Mapping[_Key, Any]) -> dict[_Key, str]:
    """Return the cells of an object. A list of plain values becomes one cell, with commas; other values stay JSON."""
    return {key: _text(value) for key, value in found.items()}


def exact_number(text: str) -> Decimal | str:
    """Return a number with all its digits; the text of one whose exponent is too large for any number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _text(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        return ", ".join(filter(None, map(cell_text, value)))
    if isinstance(value, list | dict):
        try:
            return storable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float))
        except RecursionError:
            return ""
    return cell_text(value)
