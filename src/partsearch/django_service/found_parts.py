"""The parts that a search finds, as the view and the page show them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from partsearch.contract import answer


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One part of a page. ``json_data`` is JSON text, which keeps its numbers exact."""

    id: int
    mark_id: int
    mark_name: str
    producer_country_name: str
    model_id: int
    model_name: str
    name: str
    json_data: str
    price: Decimal

    def as_answer(self) -> dict[str, Any]:
        """Return the part in the form of the contract."""
        return {
            "id": self.id,
            "mark": {
                "id": self.mark_id,
                "name": self.mark_name,
                "producer_country_name": self.producer_country_name,
            },
            "model": {"id": self.model_id, "name": self.model_name},
            "name": self.name,
            "json_data": orjson.Fragment(self.json_data),
            "price": answer.number(self.price),
        }


@dataclass(frozen=True, slots=True)
class FoundParts:
    """A page of parts with the exact count and sum of all matches."""

    rows: list[FoundPart]
    count: int
    summ: Decimal
