"""The queries of the Django service that the FastAPI service has too, written with the ORM alone.

``fastapi_service/queries/`` has the same queries in SQL: the same filters under the same names in the same order.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import (
    BigIntegerField,
    Count,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, JSONObject

from partsearch.catalog.models import Part
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import SortOrder
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.found_parts import PART_COLUMNS, FoundPart, FoundParts
from partsearch.django_service.planes.queries import find_parts_by_planes
from partsearch.django_service.statements.compiled_query import CompiledQuery, Parameter, Steps, sliced
from partsearch.django_service.statements.ordering import Ordering, ordering_of, page_values
from partsearch.totals.planner import preferred_planes

_NUMBER = BigIntegerField()

_QUERIES_KEPT = 256
"""How many sets of filters keep their compiled queries: one for the first page, one for all later pages."""


def needs_snapshot(search: Search, understood: Understood | None) -> bool:
    """Return whether ``find_parts`` needs several statements: ``reader.read`` must give them one snapshot."""
    return search.order is not SortOrder.ID and preferred_planes(search, understood) is not None


def find_parts(search: Search, understood: Understood | None = None) -> FoundParts:
    """Return the page that ``search`` asks for with the totals of all matches, from one snapshot of the data.

    The planes answer if that is likely to take less time, and if they are usable.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    if understood is not None and not understood.groups:
        return FoundParts([], 0, Decimal(0))
    planes = preferred_planes(search, understood)
    if planes is None:
        return find_few_parts(search, understood)
    found = find_parts_by_planes(search, planes, understood)
    return find_parts_by_scan(search, understood) if found is None else found


def find_parts_by_scan(search: Search, understood: Understood | None = None) -> FoundParts:
    """Return what ``find_parts`` returns, from the matching parts.

    One statement returns both, so they come from one snapshot. A page past the end has no row that could carry the
    totals, so a second statement returns them; where they show that the page has rows by now, the search starts again.
    """
    return _scan(search, understood, reads_once=False)


def find_few_parts(search: Search, understood: Understood | None = None) -> FoundParts:
    """Return what ``find_parts_by_scan`` returns. Each matching part is read once, which is best for few."""
    return _scan(search, understood, reads_once=True)


def _scan(search: Search, understood: Understood | None, *, reads_once: bool) -> FoundParts:
    filters = filters_of(search, understood)
    shape = _PageShape(
        filters.names,
        ordering_of(search, understood),
        reads_once=reads_once,
        is_later=search.offset > 0,
        is_usual=search.per_page == PARTS_PER_PAGE,
    )
    rows = _page(shape).rows({**filters.values, **page_values(search, understood)})
    if rows:
        return FoundParts([FoundPart(*row[:-1]) for row in rows], *_read_totals(rows[0][-1]))
    if search.offset == 0:
        return FoundParts([], 0, Decimal(0))
    (row,) = _totals(filters.names).rows(filters.values)
    count, summ = _read_totals(row[0])
    return _scan(search, understood, reads_once=reads_once) if count > search.offset else FoundParts([], count, summ)


@dataclass(frozen=True, slots=True)
class _PageShape:
    """What the query of a page depends on, beside the values.

    Attributes:
        filters: the names of the filters.
        ordering: the order.
        reads_once: whether each matching part is read once, for page and totals. Without that step PostgreSQL may find
            the first ten of many matches without reading the others.
        is_later: whether the query has an OFFSET: for an unknown one PostgreSQL expects to skip a tenth of the matches.
        is_usual: whether the page has ten parts: for an unknown limit PostgreSQL would plan each search anew.
    """

    filters: tuple[str, ...]
    ordering: Ordering
    reads_once: bool
    is_later: bool
    is_usual: bool


@lru_cache(_QUERIES_KEPT)
def _page(shape: _PageShape) -> CompiledQuery:
    parts = matching_parts(shape.filters)
    matching: QuerySet[Any] = parts
    steps: Steps = {}
    order = shape.ordering.of_parts
    if shape.reads_once:
        matching, steps, order = shape.ordering.read_once(parts)
    ids = sliced(
        matching.order_by(*order).values("id"),
        PARTS_PER_PAGE if shape.is_usual else Parameter("per_page", _NUMBER),
        Parameter("offset", _NUMBER) if shape.is_later else None,
    )
    page = Part.objects.filter(id__in=ids).order_by(*shape.ordering.of_parts)
    return CompiledQuery(page.values_list(*PART_COLUMNS, Subquery(totals_of(matching))), steps)


@lru_cache(_QUERIES_KEPT)
def _totals(filters: tuple[str, ...]) -> CompiledQuery:
    return CompiledQuery(totals_of(matching_parts(filters)))


def totals_of(matching: "QuerySet[Any]") -> "QuerySet[Any, tuple[str]]":
    """Return one row with the count and the sum of the parts: a JSON object as text, with the sum as a text in it."""
    totals = JSONObject(count=Count("*"), summ=Cast(Sum("price"), TextField()))
    return matching.values(all_together=Value(1)).values_list(Cast(totals, TextField()))


def _read_totals(text: str) -> tuple[int, Decimal]:
    totals = json.loads(text)
    return totals["count"], Decimal(totals["summ"] or 0)


def has_needed_migration() -> bool:
    """Return whether the database has the schema that this release needs."""
    applied = MigrationRecorder.Migration.objects.filter(app=CATALOG, name=needed_migration())
    return applied.exists()
