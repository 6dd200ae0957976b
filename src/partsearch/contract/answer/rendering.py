"""Renders the answers of a search and of a list as JSON, the same bytes in both services."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from partsearch.contract.filters.understood import Understood

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


def with_member(answer: bytes, name: str, member: bytes) -> bytes:
    """Return the JSON object ``answer`` with one more member at its end, which is JSON too."""
    return answer[:-1] + b',"' + name.encode() + b'":' + member + b"}"


def understood_answer(understood: Understood) -> bytes:
    """Return what the answer to a search says about ``q``."""
    params = {key: number(value) if isinstance(value, Decimal) else value for key, value in understood.params.items()}
    corrections = [
        {"from": correction.typed, "to": correction.corrected, "kind": correction.kind}
        for correction in understood.corrections
    ]
    return orjson.dumps(
        {
            "q": understood.q,
            "mark_list": understood.mark_list,
            "model_list": understood.model_list,
            "number": understood.number,
            "params": params,
            "corrections": corrections,
            "unused": understood.unused,
        }
    )


def list_answer(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the answer of ``GET /mark/`` and ``GET /model/``."""
    return orjson.dumps({"response": rows, "count": len(rows)})


def part_answer(part: Mapping[str, Any]) -> bytes:
    """Return the answer of ``GET /part/17/``: a part in the form of the contract, with its times as ``time_text``."""
    return orjson.dumps(part)


def time_text(time: datetime) -> str:
    """Return a time in ISO 8601, in UTC, to the microsecond: ``2026-11-27T02:00:00.123456Z``."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
