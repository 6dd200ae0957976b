"""The parts that a search finds, as the view and the page show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from partsearch.contract.answer import rendering as answer
from partsearch.contract.answer.highlight import name_ranges
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search

PART_COLUMNS = (
    "id",
    "mark_id",
    "mark__name",
    "mark__producer_country_name",
    "model_id",
    "model__name",
    "name",
    Cast("json_data", TextField()),
    "price",
)
"""The columns of a ``FoundPart``."""


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

    def as_answer(self, search: Search, understood: Understood | None = None) -> bytes:
        """Return the answer to ``search``, whose ``q`` means ``understood``, in the form of the contract."""
        rows: Iterable[dict[str, Any]] = (row.as_answer() for row in self.rows)
        if search.highlight:
            texts = understood.highlights if understood else ()
            rows = ({**row, "highlight": {"name": name_ranges(row["name"], texts)}} for row in rows)
        body = answer.search_answer(rows, self.count, self.summ)
        return answer.with_member(body, "understood", answer.understood_answer(understood)) if understood else body
