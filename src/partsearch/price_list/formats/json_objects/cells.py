"""Values of JSON objects as cells."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from partsearch.contract.exported_list.part import JSON_HEADER
from partsearch.price_list.formats.cell_text import cell_text, storable
from partsearch.price_list.formats.keyed_rows import Row

_DEEPEST = 3
_MOST_NAMES = 50


def cells_of(found: Mapping[str, Any]) -> Row:
    """Return the cells of an object.

    A list of plain values becomes one cell, with commas. The values of an object in it get cells of their own, whose
    names begin with its name: ``price value``, ``car brand``. Other values stay JSON.
    """
    return {name: cell_of(value) for name, value in _flat(found, "", 1)}


def names_of(found: Mapping[str, Any]) -> dict[str, None]:
    """Return the names of the cells of an object."""
    return dict.fromkeys(name for name, _ in _flat(found, "", 1))


def _flat(found: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    for key, value in found.items():
        name = prefix + key
        if isinstance(value, dict) and depth < _DEEPEST and name != JSON_HEADER and _are_names(value):
            yield from _flat(value, f"{name} ", depth + 1)
        else:
            yield name, value


def _are_names(found: Mapping[str, Any]) -> bool:
    """Return whether the keys of an object are rather names than identifiers."""
    return 0 < len(found) <= _MOST_NAMES and not any(map(str.isdigit, "".join(found)))


def exact_number(text: str) -> Decimal | str:
    """Return a number with all its digits; the text of one whose exponent is too large for any number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def cell_of(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(each, list | dict) for each in value):
        return ", ".join(filter(None, map(cell_text, value)))
    if isinstance(value, list | dict):
        try:
            return storable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float))
        except RecursionError:
            return ""
    return cell_text(value)
