"""The answer of a search, as bytes that are the same from both services."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

JSON_CONTENT_TYPE = "application/json"
HEALTHY = b'{"status":"ok"}'


def number(value: Decimal | None) -> orjson.Fragment:
    """``value`` as a JSON number with exact decimals and no trailing zeros: ``2300``, ``100872.35``; ``0`` for none."""
    text = f"{value or 0:f}"
    return orjson.Fragment(text.rstrip("0").rstrip(".") if "." in text else text)


def search_answer(parts: Iterable[dict[str, Any]], count: int, summ: Decimal | None) -> bytes:
    """The answer to a search.

    Args:
        parts: the parts of the page, each as the contract shows it.
        count: how many parts match in all.
        summ: the sum of their prices; ``None`` where nothing matches.
    """
    return orjson.dumps({"response": list(parts), "count": count, "summ": number(summ)})


def list_answer(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The answer of ``GET /mark/`` and ``GET /model/``."""
    return orjson.dumps({"response": rows, "count": len(rows)})
