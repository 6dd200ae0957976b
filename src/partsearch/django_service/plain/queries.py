"""The search as Django's query sets, which Django compiles to SQL for each request."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import Count, JSONField, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from partsearch.catalog.models import Part
from partsearch.contract.limits import PARTS_PER_PAGE, TEXT_LENGTH
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import ParamsValue, TwoReadings
from partsearch.contract.text.normalized import normalize

FoundPart = Any
"""A :class:`Part` with its ``json_data`` as text in ``json_text``: Django's JSONField would round the numbers."""


@dataclass(frozen=True)
class FoundParts:
    """A page of parts, with the count and the sum of all matches."""

    parts: Sequence[FoundPart]
    count: int
    summ: Decimal | None


def find_parts(search: Search) -> FoundParts:
    """Return the page of a search and its totals, by two statements."""
    matching = matching_parts(search)
    totals = matching.aggregate(count=Count("*"), summ=Sum("price"))
    page = (
        matching.select_related("mark", "model")
        .defer("json_data")
        .annotate(json_text=Cast("json_data", TextField()))
        .order_by("id")[search.offset : search.offset + PARTS_PER_PAGE]
    )
    return FoundParts(list(page), totals["count"], totals["summ"])


def matching_parts(search: Search) -> QuerySet[Part]:
    """Return the shown parts that match a search."""
    parts = Part.objects.filter(is_visible=True, mark__is_visible=True, model__is_visible=True)
    for lookup, text in (
        ("mark__name_normalized__contains", search.mark_name),
        ("model__name_normalized__contains", search.model_name),
        ("name_normalized__contains", search.part_name),
        ("mark__producer_country_name_normalized", search.producer_country_name),
    ):
        if text is not None:
            parts = parts.filter(**{lookup: normalize(text)})
    for lookup, value in (
        ("mark_id__in", search.mark_list),
        ("model_id__in", search.model_list),
        ("price__gte", search.price_gte),
        ("price__lte", search.price_lte),
    ):
        if value is not None:
            parts = parts.filter(**{lookup: value})
    for key, attribute in search.params.items():
        parts = parts.filter(_has_attribute(key, attribute))
    return parts


def _has_attribute(key: str, value: ParamsValue) -> Q:
    """Return the condition that the attribute ``key`` of a part equals ``value``."""
    if isinstance(value, TwoReadings):
        return _has_attribute(key, value.as_json) | _has_attribute(key, value.as_text)
    if key == "is_new_part" and isinstance(value, bool):
        return Q(is_new_part=value)
    if isinstance(value, str):
        value = normalize(value)
        if key == "color" and len(value) <= TEXT_LENGTH:
            return Q(color=value)
    # Python's json would round the numbers, so the object is cast from text.
    json_value = orjson.Fragment(str(value)) if isinstance(value, Decimal) else value
    text = orjson.dumps({key: json_value}).decode()
    return Q(attributes__contains=Cast(Value(text, TextField()), JSONField()))
