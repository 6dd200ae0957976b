"""A sample of the catalog, so that the searches of the scenarios find something."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.load.answers import ask
from partsearch.bench.record import Request, Target
from partsearch.contract.limits import PAGE_MAXIMUM, PARTS_PER_PAGE, TEXT_LENGTH

SEARCH_PATH = "/search/part/"
_PARTS = 12
_SECONDS = 30

Body = Mapping[str, Any]


@dataclass(frozen=True)
class SampledPart:
    """A shown part and its searchable values; texts are cut to the length that a search may have."""

    mark_id: int
    mark_name: str
    country: str
    model_id: int
    model_name: str
    name: str
    price: Decimal
    json_data: Mapping[str, Any]

    @property
    def word(self) -> str:
        """Return the first word of the name, in lower case."""
        return self.name.lower().partition(" ")[0]

    def attributes(self, *keys: str) -> dict[str, str | int | bool]:
        """Return those of these attributes that the part has and that a search accepts."""
        values = {key: self.json_data.get(key) for key in keys}
        return {
            key: value
            for key, value in values.items()
            if isinstance(value, int) or (isinstance(value, str) and len(value) <= TEXT_LENGTH)
        }


def post(body: Body) -> Request:
    """Return the search as ``POST``."""
    return Request("POST", SEARCH_PATH, json.dumps(body, ensure_ascii=False))


def count(target: Target, body: Body) -> int:
    """Return how many parts a search finds."""
    return int(_search(target, body)["count"])


def _search(target: Target, body: Body) -> Any:
    return json.loads(ask(target, post(body), _SECONDS), parse_float=Decimal)


def sample(target: Target) -> tuple[SampledPart, ...]:
    """Return parts from all over the catalog; the same parts as long as the catalog does not change.

    Raises:
        NothingToMeasureError: the target does not answer, breaks the contract, or has an empty catalog.
    """
    try:
        pages = min(math.ceil(count(target, {}) / PARTS_PER_PAGE), PAGE_MAXIMUM)
        if not pages:
            raise NothingToMeasureError(
                f"{target.name} finds no parts.", "Fill the catalog with 'partsearch generate 10000'."
            )
        numbers = sorted({1 + turn * (pages - 1) // (_PARTS - 1) for turn in range(_PARTS)})
        parts = [_search(target, {"page": number})["response"][0] for number in numbers]
        return tuple(map(_sampled, parts))
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError) as error:
        raise NothingToMeasureError(
            f"{target.name} answers a search with something else than the contract prescribes.",
            "Give --url the address of a service with the same contract, without /search/part/.",
        ) from error


def _sampled(part: Mapping[str, Any]) -> SampledPart:
    mark, model = part["mark"], part["model"]
    return SampledPart(
        mark_id=mark["id"],
        mark_name=mark["name"][:TEXT_LENGTH],
        country=mark["producer_country_name"],
        model_id=model["id"],
        model_name=model["name"][:TEXT_LENGTH],
        name=part["name"][:TEXT_LENGTH],
        price=Decimal(part["price"]),
        json_data=part["json_data"],
    )
