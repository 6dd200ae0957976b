"""The queries of the Django service that the FastAPI service has too, written with the ORM alone.

``fastapi_service/queries/`` has the same queries in SQL: the same filters under the same names in the same order.
"""

import json
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
from partsearch.contract.filters import filters_of
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.django_service.compiled_query import CompiledQuery, Parameter, Steps, with_offset
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.planes.queries import find_parts_by_planes
from partsearch.django_service.steps import Matching
from partsearch.totals.planner import preferred_planes

_NUMBER = BigIntegerField()

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

_QUERIES_KEPT = 256
"""How many sets of filters keep their compiled queries: one for the first page, one for all later pages."""


def find_parts(search: Search) -> FoundParts:
    """Return the page that ``search`` asks for with the totals of all matches, from one snapshot of the data.

    The planes answer if that is likely to take less time, and if they are usable.
    """
    planes = preferred_planes(search)
    if planes is None:
        return find_few_parts(search)
    found = find_parts_by_planes(search, planes)
    return find_parts_by_scan(search) if found is None else found


def find_parts_by_scan(search: Search) -> FoundParts:
    """Return what ``find_parts`` returns, from the matching parts.

    One statement returns both, so they come from one snapshot. A page past the end has no row that could carry the
    totals, so a second statement returns them; where they show that the page has rows by now, the search starts again.
    """
    return _scan(search, reads_once=False)


def find_few_parts(search: Search) -> FoundParts:
    """Return what ``find_parts_by_scan`` returns. Each matching part is read once, which is best for few."""
    return _scan(search, reads_once=True)


def _scan(search: Search, *, reads_once: bool) -> FoundParts:
    filters = filters_of(search)
    page = (_later_page if search.offset else _first_page)(filters.names, reads_once=reads_once)
    rows = page.rows({**filters.values, "offset": search.offset})
    if rows:
        return FoundParts([FoundPart(*row[:-1]) for row in rows], *_read_totals(rows[0][-1]))
    if search.offset == 0:
        return FoundParts([], 0, Decimal(0))
    (row,) = _totals(filters.names).rows(filters.values)
    count, summ = _read_totals(row[0])
    return _scan(search, reads_once=reads_once) if count > search.offset else FoundParts([], count, summ)


@lru_cache(_QUERIES_KEPT)
def _first_page(filters: tuple[str, ...], *, reads_once: bool) -> CompiledQuery:
    """Return the query without OFFSET: for an unknown offset PostgreSQL expects to skip a tenth of the matches."""
    matching, steps = _matching(filters, reads_once=reads_once)
    return _page(matching, _ids(matching), steps)


@lru_cache(_QUERIES_KEPT)
def _later_page(filters: tuple[str, ...], *, reads_once: bool) -> CompiledQuery:
    matching, steps = _matching(filters, reads_once=reads_once)
    return _page(matching, with_offset(_ids(matching), Parameter("offset", _NUMBER)), steps)


def _matching(filters: tuple[str, ...], *, reads_once: bool) -> tuple["QuerySet[Any]", Steps]:
    """Return the matching parts, and the step that reads them once for page and totals. Without that step PostgreSQL
    may find the first ten of many matches without reading the others."""
    matching = matching_parts(filters)
    if reads_once:
        return Matching.objects.all(), {Matching: matching.values_list("id", "price")}
    return matching, {}


def _ids(matching: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    return matching.order_by("id").values("id")[:PARTS_PER_PAGE]


def _page(matching: "QuerySet[Any]", ids: Any, steps: Steps) -> CompiledQuery:
    page = Part.objects.filter(id__in=ids).order_by("id")
    return CompiledQuery(page.values_list(*_PART_COLUMNS, Subquery(totals_of(matching))), steps)


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
