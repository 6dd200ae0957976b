"""Parts of the catalog that is there, so that the searches of the scenarios find something."""

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
    """A part that is shown, and what can be searched for by it: its texts are cut where a search would be refused."""

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
        """The first word of the name, in small letters."""
        return self.name.lower().partition(" ")[0]

    def attributes(self, *keys: str) -> dict[str, str | int | bool]:
        """Those of its attributes that it has, and that can be searched for."""
        found = {key: self.json_data.get(key) for key in keys}
        return {
            key: value
            for key, value in found.items()
            if isinstance(value, int) or (isinstance(value, str) and len(value) <= TEXT_LENGTH)
        }


def post(body: Body) -> Request:
    """The search as ``POST``."""
    return Request("POST", SEARCH_PATH, json.dumps(body, ensure_ascii=False))


def count(target: Target, body: Body) -> int:
    """How many parts a search finds."""
    return int(_found(target, body)["count"])


def _found(target: Target, body: Body) -> Any:
    return json.loads(ask(target, post(body), _SECONDS), parse_float=Decimal)


def sample(target: Target) -> tuple[SampledPart, ...]:
    """Parts from all over the catalog, the same ones as long as it does not change.

    Raises:
        NothingToMeasureError: the target does not answer, or not as the contract has it, or its catalog is empty.
    """
    try:
        pages = min(math.ceil(count(target, {}) / PARTS_PER_PAGE), PAGE_MAXIMUM)
        if not pages:
            raise NothingToMeasureError(
                f"{target.name} finds no part at all.", "Fill the catalog with 'partsearch generate 10000'."
            )
        numbers = sorted({1 + turn * (pages - 1) // (_PARTS - 1) for turn in range(_PARTS)})
        found = [_found(target, {"page": number})["response"][0] for number in numbers]
        return tuple(map(_sampled, found))
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError) as error:
        raise NothingToMeasureError(
            f"{target.name} does not answer a search as the contract has it.",
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
