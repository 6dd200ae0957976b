"""Compares the answers of two releases to the same search, while people may change the catalog."""

import json
from decimal import Decimal
from typing import Any

from partsearch.deploy.canary.service_client import ServiceResponse


def agrees(found: ServiceResponse, before: ServiceResponse, after: ServiceResponse) -> bool:
    """Return whether ``found`` is what the other release could have answered between ``before`` and ``after``.

    If the catalog has changed between these two, count and sum must lie between theirs, and the page is that of one of
    them.
    """
    if found.status != before.status:
        return False
    if found.body in (before.body, after.body):
        return True
    answers = [_answer(response) for response in (before, found, after)]
    return all(answer is not None for answer in answers) and before.body != after.body and _is_between(*answers)


def _is_between(before: Any, found: Any, after: Any) -> bool:
    numbers = [sorted((before[key], after[key])) for key in ("count", "summ")]
    is_within = all(
        lowest <= found[key] <= highest for key, (lowest, highest) in zip(("count", "summ"), numbers, strict=True)
    )
    return is_within and found["response"] in (before["response"], after["response"])


def difference(found: ServiceResponse, expected: ServiceResponse) -> str:
    """Return how two answers differ, in one line: what count, sum and parts they have, or the beginning of each."""
    answers = _answer(found), _answer(expected)
    if None in answers:
        return f"{found} instead of {expected}"
    one, other = (
        {key: answer[key] for key in ("count", "summ")} | {"parts": [part.get("id") for part in answer["response"]]}
        for answer in answers
        if answer is not None
    )
    differing = [key for key in one if one[key] != other[key]]
    if not differing:
        return "the same count, sum and parts, with other contents"
    return ", ".join(f"{key} {one[key]} instead of {other[key]}" for key in differing)


def _answer(response: ServiceResponse) -> dict[str, Any] | None:
    """Return the answer to a search, or None if the response is none."""
    try:
        answer = json.loads(response.body, parse_float=Decimal)
    except ValueError:
        return None
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), list):
        return None
    is_complete = all(isinstance(answer.get(key), int | Decimal) for key in ("count", "summ"))
    return answer if is_complete and all(isinstance(part, dict) for part in answer["response"]) else None
