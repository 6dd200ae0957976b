"""Renders the answers of a search and of a list as JSON, the same bytes in both services."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

JSON_CONTENT_TYPE = "application/json"
HEALTHY = b'{"status":"ok"}'


def number(value: Decimal | None) -> orjson.Fragment:
    """Return a JSON number with exact decimals and no trailing zeros: ``2300``, ``100872.35``; ``0`` for ``None``."""
    text = f"{value or 0:f}"
    return orjson.Fragment(text.rstrip("0").rstrip(".") if "." in text else text)


def search_answer(parts: Iterable[dict[str, Any]], count: int, summ: Decimal | None) -> bytes:
    """Return the answer to a search.

    Args:
        parts: the parts of the page, each in the form of the contract.
        count: the number of matching parts on all pages.
        summ: the sum of their prices; ``None`` if nothing matches.
    """
    return orjson.dumps({"response": list(parts), "count": count, "summ": number(summ)})


def list_answer(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the answer of ``GET /mark/`` and ``GET /model/``."""
    return orjson.dumps({"response": rows, "count": len(rows)})
