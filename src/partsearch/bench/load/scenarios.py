"""The scenarios: the two examples of the contract, and searches that are expensive in different ways.

Each scenario exists as ``POST`` and, with the suffix ``-get``, as ``GET``.
"""

import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from partsearch.bench.load.sample import SEARCH_PATH, Body, SampledPart, count, post, sample
from partsearch.bench.record import Request, Scenario, Target
from partsearch.contract.limits import PARTS_PER_PAGE, PRICE_MAXIMUM

_DEEPEST_PAGE = 1000
_GET = "-get"

DESCRIPTIONS = {
    "mix": "Searches of many kinds in turn.",
    "example-1": "The contract's first example: mark, name and colour.",
    "example-2": "The contract's second example: marks, name, condition, colour and prices.",
    "empty": "No filter: all shown parts.",
    "broad": "One filter that a large share of all parts matches.",
    "rare": "Filters that one part matches.",
    "deep-page": "A page far behind the first one.",
}
SCENARIOS = (*DESCRIPTIONS, *(name + _GET for name in DESCRIPTIONS))

_EXAMPLE_1: Body = {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный"}, "page": 1}
_EXAMPLE_2: Body = {
    "mark_list": [1, 3],
    "part_name": "бамп",
    "params": {"is_new_part": False, "color": "белый"},
    "price_gte": 2000,
    "price_lte": 5000,
    "page": 1,
}


def scenarios(target: Target, names: Sequence[str]) -> tuple[Scenario, ...]:
    """Return the scenarios of these names, drawn from the catalog of the target.

    Args:
        target: the target whose searches give the catalog.
        names: names of :data:`SCENARIOS`.

    Raises:
        NothingToMeasureError: the target does not answer, or has no parts.
    """
    parts = sample(target)
    bodies = _bodies(target, parts)
    return tuple(_scenario(name, bodies[name.removesuffix(_GET)]) for name in names)


def _scenario(name: str, bodies: Sequence[Body]) -> Scenario:
    make = as_get if name.endswith(_GET) else post
    way = "GET" if name.endswith(_GET) else "POST"
    return Scenario(name, f"{DESCRIPTIONS[name.removesuffix(_GET)]} {way}.", tuple(map(make, bodies)))


def _bodies(target: Target, parts: Sequence[SampledPart]) -> dict[str, list[Body]]:
    middle = parts[len(parts) // 2]
    broad = max(({"producer_country_name": part.country} for part in parts), key=lambda body: count(target, body))
    last_page = math.ceil(count(target, {}) / PARTS_PER_PAGE)
    examples = [
        _first_that_finds(target, [_EXAMPLE_1, *map(_like_example_1, parts)]),
        _first_that_finds(target, [_EXAMPLE_2, *map(_like_example_2, parts)]),
    ]
    return {
        "mix": [*examples, {}, broad, *_mix(parts)],
        "example-1": examples[:1],
        "example-2": examples[1:],
        "empty": [{}],
        "broad": [broad],
        "rare": [_rare(middle)],
        "deep-page": [{"page": min(last_page, _DEEPEST_PAGE)}],
    }


def _first_that_finds(target: Target, bodies: Sequence[Body]) -> Body:
    """Return the first search that finds a part; the last one if none does."""
    return next((body for body in bodies if count(target, body)), bodies[-1])


def _like_example_1(part: SampledPart) -> Body:
    return {"mark_name": part.mark_name, "part_name": part.word, "params": part.attributes("color"), "page": 1}


def _like_example_2(part: SampledPart) -> Body:
    return {
        "mark_list": [part.mark_id],
        "part_name": part.word[:4],
        "params": part.attributes("is_new_part", "color"),
        **_prices(part.price / 2, part.price * 2),
        "page": 1,
    }


def _rare(part: SampledPart) -> Body:
    return {"model_list": [part.model_id], "part_name": part.name, **_prices(part.price, part.price)}


def _mix(parts: Sequence[SampledPart]) -> Iterator[Body]:
    """Yield seven searches for each part, so that neighbouring searches are of different kinds."""
    for number, part in enumerate(parts):
        yield _like_example_1(part)
        yield {"part_name": part.word}
        yield {"mark_list": [part.mark_id], "model_name": part.model_name}
        yield _like_example_2(part)
        yield {"producer_country_name": part.country, "params": {"is_new_part": number % 2 == 0}}
        yield {"params": part.attributes("year", "side"), **_prices(Decimal(), part.price)}
        yield {"mark_name": part.mark_name, "page": 1 + number}


def _prices(least: Decimal, most: Decimal) -> dict[str, int]:
    return {"price_gte": math.floor(least), "price_lte": min(math.ceil(most), math.floor(PRICE_MAXIMUM))}


def as_get(body: Body) -> Request:
    """Return the search as ``GET``, as the contract defines it."""
    pairs: list[tuple[str, str]] = []
    for field, value in body.items():
        if field == "params":
            pairs += [(f"params.{key}", _param(attribute)) for key, attribute in value.items()]
        else:
            pairs += [(field, str(item)) for item in (value if isinstance(value, list) else [value])]
    return Request("GET", f"{SEARCH_PATH}?{urlencode(pairs)}" if pairs else SEARCH_PATH)


def _param(value: Any) -> str:
    """Return a value of ``params.KEY``: a text as it is, unless it would be read as JSON."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value, ensure_ascii=False)
