"""Every question that the Django service asks the database: all ORM, nothing but ORM.

``fastapi_service/queries/`` answers the same questions under the same names, in the same order, in SQL.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, F, JSONField, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, JSONObject, StrIndex
from django.db.models.lookups import GreaterThan

from partsearch.catalog.models import Mark, Model, Part
from partsearch.contract import answer
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.params import SplitParams, split_params
from partsearch.contract.search import Search
from partsearch.contract.text import has_trigram, normalize
from partsearch.database.readiness import CATALOG, needed_migration


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One part of a page; ``json_data`` is JSON text, which keeps its numbers exact."""

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
        """The part as the contract shows it."""
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
    """A page of parts, with the exact count and sum of all that match."""

    rows: list[FoundPart]
    count: int
    summ: Decimal


_PART_COLUMNS = (
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


def find_parts(search: Search) -> FoundParts:
    """The page that ``search`` asks for, with the totals of all matches, as one snapshot of the data.

    One statement gives both, since its snapshot is one. Only a page past the end carries no totals; they are asked
    for by a second statement, and prove by themselves that the page is empty in that snapshot too.
    """
    matching = matching_parts(search)
    rows = list(_page(matching, search.offset))
    if rows:
        totals = json.loads(rows[0][-1])
        return FoundParts([FoundPart(*row[:-1]) for row in rows], totals["count"], Decimal(totals["summ"]))
    if search.offset == 0:
        return FoundParts([], 0, Decimal(0))
    count, summ = totals_of(matching)
    return find_parts(search) if count > search.offset else FoundParts([], count, summ)


def _page(matching: QuerySet[Part], offset: int) -> QuerySet[Part, tuple[Any, ...]]:
    totals = matching.values(all_together=Value(1)).values(
        totals=Cast(JSONObject(count=Count("*"), summ=Cast(Sum("price"), TextField())), TextField())
    )
    ids = matching.order_by("id").values("id")[offset : offset + PARTS_PER_PAGE]
    return Part.objects.filter(id__in=ids).order_by("id").values_list(*_PART_COLUMNS, Subquery(totals))


def totals_of(matching: QuerySet[Part]) -> tuple[int, Decimal]:
    """The count and the sum of all parts of ``matching``."""
    totals = matching.aggregate(count=Count("*"), summ=Sum("price"))
    return totals["count"], totals["summ"] or Decimal(0)


def matching_parts(search: Search) -> QuerySet[Part]:
    """Every shown part that meets all filters of ``search``, in no order."""
    filters = [Q(is_visible=True, mark__is_visible=True, model__is_visible=True)]
    if search.mark_name is not None:
        filters.append(_contains("mark__name_normalized", search.mark_name))
    if search.mark_list is not None:
        filters.append(Q(mark__in=search.mark_list))
    if search.model_name is not None:
        filters.append(_contains("model__name_normalized", search.model_name))
    if search.model_list is not None:
        filters.append(Q(model__in=search.model_list))
    if search.part_name is not None:
        filters.append(_contains("name_normalized", search.part_name))
    if search.producer_country_name is not None:
        filters.append(Q(mark__producer_country_name_normalized=normalize(search.producer_country_name)))
    if search.price_gte is not None:
        filters.append(Q(price__gte=search.price_gte))
    if search.price_lte is not None:
        filters.append(Q(price__lte=search.price_lte))
    return Part.objects.filter(*filters, *_of_params(split_params(search.params))).order_by()


def _contains(column: str, text: str) -> Q:
    """Whether ``column`` holds ``text``: by its trigram index where one can help, by plain comparison where not."""
    normalized = normalize(text)
    if has_trigram(normalized):
        return Q(**{f"{column}__contains": normalized})
    return Q(GreaterThan(StrIndex(F(column), Value(normalized)), 0))


def _of_params(params: SplitParams) -> list[Q]:
    filters = []
    if params.color is not None:
        filters.append(Q(color=params.color))
    if params.is_new_part is not None:
        filters.append(Q(is_new_part=params.is_new_part))
    if params.others is not None:
        filters.append(Q(attributes__contains=Cast(Value(params.others), JSONField())))
    return filters


def shown_marks() -> list[dict[str, Any]]:
    """The shown marks by name, as the contract shows them."""
    shown = Mark.objects.filter(is_visible=True).order_by("name", "id")
    return [dict(row) for row in shown.values("id", "name", "producer_country_name")]


def shown_models(mark_id: int | None) -> list[dict[str, Any]]:
    """The shown models by name, of one mark or of all, as the contract shows them."""
    shown = Model.objects.filter(is_visible=True, mark__is_visible=True).order_by("name", "id")
    if mark_id is not None:
        shown = shown.filter(mark_id=mark_id)
    return [dict(row) for row in shown.values("id", "name", "mark_id")]


def has_needed_migration() -> bool:
    """Whether the database has the schema that this release needs."""
    applied = MigrationRecorder.Migration.objects.filter(app=CATALOG, name=needed_migration())
    return applied.exists()
