"""The statement that counts facets by reading the parts, as query sets over its steps."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, F, Q, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, Collate, Concat, RowNumber

from partsearch.catalog.models import Part
from partsearch.contract.limits import FACET_VALUES
from partsearch.django_service.facets.steps import Counted, Ranked
from partsearch.django_service.facets.values import counted_values
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.statements.compiled_query import CompiledQuery, Parameter, Steps
from partsearch.django_service.statements.lookups import AnyOf
from partsearch.django_service.statements.steps import Matching

SEPARATOR = " "
"""Between the place of a facet and a value in the parameter ``chosen``."""

_TEXT = TextField()


@dataclass(frozen=True, slots=True)
class FacetShape:
    """What the statement depends on, beside the values.

    Attributes:
        filters: the names of the filters of the parts that are counted.
        kinds: the kinds of the facets: see ``facet_kind``.
        reads_once: each matching part is read once for all facets, which is best for few.
    """

    filters: tuple[str, ...]
    kinds: tuple[str, ...]
    reads_once: bool


def compile_facets(shape: FacetShape) -> CompiledQuery:
    """Return the query of the values to show: place of the facet, value, label, parts, prices, number of values.

    Those are the most frequent ones, all buckets of prices, and those in the parameter ``chosen``.
    """
    parts, steps = _parts(shape)
    return CompiledQuery(shown_values(), {**steps, Counted: _all_counted(parts, shape.kinds), Ranked: ranked()})


def _parts(shape: FacetShape) -> tuple["QuerySet[Any]", Steps]:
    matching = matching_parts(shape.filters)
    if not shape.reads_once:
        return matching, {}
    ids = Matching.objects.values("id")
    return Part.objects.filter(id__in=ids).order_by(), {Matching: matching.values_list("id", "price")}


def _all_counted(parts: "QuerySet[Any]", kinds: tuple[str, ...]) -> "QuerySet[Any, Any]":
    first, *others = (counted_values(parts, kind, place) for place, kind in enumerate(kinds))
    return first.union(*others, all=True) if others else first


def ranked() -> "QuerySet[Any, Any]":
    """Return the counted values, each with its place in its facet and the number of values that the facet has."""
    order = [F("parts").desc(), Collate("label", "C").asc(), F("tie").asc()]
    return Counted.objects.values_list(
        "facet",
        "value",
        "label",
        "tie",
        "parts",
        "lowest",
        "highest",
        Window(RowNumber(), partition_by="facet", order_by=order),
        Window(Count("*"), partition_by="facet"),
    )


def shown_values() -> "QuerySet[Any, Any]":
    """Return the values that the answer needs."""
    written = Concat(Cast("facet", _TEXT), Value(SEPARATOR), F("value"), output_field=_TEXT)
    is_chosen = AnyOf(written, Parameter("chosen", ArrayField(_TEXT)))
    found = Ranked.objects.filter(Q(place__lte=FACET_VALUES) | Q(lowest__isnull=False) | Q(is_chosen))
    return found.values_list("facet", "value", "label", "parts", "lowest", "highest", "distinct")
