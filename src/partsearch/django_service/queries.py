"""The queries of the Django service that the FastAPI service has too, written with the ORM alone.

``fastapi_service/queries/`` has the same queries in SQL: the same filters under the same names in the same order.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    F,
    JSONField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, JSONObject, StrIndex
from django.db.models.lookups import GreaterThan

from partsearch.catalog.models import Part
from partsearch.contract.filters import filters_of
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.django_service.compiled_query import CompiledQuery, Parameter, with_offset
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.lookups import AnyOf, JsonPathField, Like, MeetsPath

_NUMBER = BigIntegerField()
_NUMBERS = ArrayField(_NUMBER)
_TEXT = TextField()
_TEXTS = ArrayField(_TEXT)
_PRICE = DecimalField()
_JSON_PATH = JsonPathField()


def _with_is_new_part(text: str) -> QuerySet[Part, Any]:
    """Return the ids of the shown parts whose is_new_part is a text; few lists have any."""
    return Part.objects.filter(is_visible=True, attributes__contains={"is_new_part": text}).order_by().values("id")


FILTERS = {
    # The part, its mark and its model are visible.
    "shown": Q(is_visible=True, mark__is_visible=True, model__is_visible=True),
    # The mark's name contains the text.
    "mark_name": Q(Like(F("mark__name_normalized"), Parameter("mark_name", _TEXT))),
    # The same for a text that is too short for a trigram index.
    "mark_name_short": Q(GreaterThan(StrIndex("mark__name_normalized", Parameter("mark_name", _TEXT)), 0)),
    # The mark is one of these.
    "mark_list": Q(AnyOf(F("mark_id"), Parameter("mark_list", _NUMBERS))),
    # The model's name contains the text.
    "model_name": Q(Like(F("model__name_normalized"), Parameter("model_name", _TEXT))),
    # The same for a text that is too short for a trigram index.
    "model_name_short": Q(GreaterThan(StrIndex("model__name_normalized", Parameter("model_name", _TEXT)), 0)),
    # The model is one of these.
    "model_list": Q(AnyOf(F("model_id"), Parameter("model_list", _NUMBERS))),
    # The part's name contains the text.
    "part_name": Q(Like(F("name_normalized"), Parameter("part_name", _TEXT))),
    # The same for a text that is too short for a trigram index.
    "part_name_short": Q(GreaterThan(StrIndex("name_normalized", Parameter("part_name", _TEXT)), 0)),
    # The mark's country is this one.
    "producer_country_name": Q(
        mark__producer_country_name_normalized=Parameter("producer_country_name", _TEXT),
    ),
    # The price is at least this.
    "price_gte": Q(price__gte=Parameter("price_gte", _PRICE)),
    # The price is at most this.
    "price_lte": Q(price__lte=Parameter("price_lte", _PRICE)),
    # json_data.color is this text.
    "color": Q(color=Parameter("color", _TEXT)),
    # json_data.color is one of these texts.
    "colors": Q(AnyOf(F("color"), Parameter("colors", _TEXTS))),
    # json_data.is_new_part is true.
    "is_new_part": Q(is_new_part=True),
    # json_data.is_new_part is false.
    "is_used_part": Q(is_new_part=False),
    # json_data.is_new_part is true, or the text "true".
    "is_new_part_or_text": Q(is_new_part=True) | Q(id__in=_with_is_new_part("true")),
    # json_data.is_new_part is false, or the text "false".
    "is_used_part_or_text": Q(is_new_part=False) | Q(id__in=_with_is_new_part("false")),
    # json_data has these keys with these values.
    "others": Q(attributes__contains=Cast(Parameter("others", _TEXT), JSONField())),
    # json_data has these keys, each with one of two values.
    "either": Q(MeetsPath(F("attributes"), Cast(Parameter("either", _TEXT), _JSON_PATH))),
}

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

    One statement returns both, so they come from one snapshot. A page past the end has no row that could carry the
    totals, so a second statement returns them; where they show that the page has rows by now, the search starts again.
    """
    filters = filters_of(search)
    page = _later_page(filters.names) if search.offset else _first_page(filters.names)
    rows = page.rows({**filters.values, "offset": search.offset})
    if rows:
        return FoundParts([FoundPart(*row[:-1]) for row in rows], *_read_totals(rows[0][-1]))
    if search.offset == 0:
        return FoundParts([], 0, Decimal(0))
    (row,) = _totals(filters.names).rows(filters.values)
    count, summ = _read_totals(row[0])
    return find_parts(search) if count > search.offset else FoundParts([], count, summ)


@lru_cache(_QUERIES_KEPT)
def _first_page(filters: tuple[str, ...]) -> CompiledQuery:
    """Return the query without OFFSET: for an unknown offset PostgreSQL expects to skip a tenth of the matches."""
    matching = matching_parts(filters)
    return _page(matching, _ids(matching))


@lru_cache(_QUERIES_KEPT)
def _later_page(filters: tuple[str, ...]) -> CompiledQuery:
    matching = matching_parts(filters)
    return _page(matching, with_offset(_ids(matching), Parameter("offset", _NUMBER)))


def _ids(matching: QuerySet[Part]) -> QuerySet[Part, Any]:
    return matching.order_by("id").values("id")[:PARTS_PER_PAGE]


def _page(matching: QuerySet[Part], ids: Any) -> CompiledQuery:
    page = Part.objects.filter(id__in=ids).order_by("id")
    return CompiledQuery(page.values_list(*_PART_COLUMNS, Subquery(totals_of(matching))))


@lru_cache(_QUERIES_KEPT)
def _totals(filters: tuple[str, ...]) -> CompiledQuery:
    return CompiledQuery(totals_of(matching_parts(filters)))


def matching_parts(filters: Iterable[str]) -> QuerySet[Part]:
    """Return every part that meets all of these ``FILTERS``, in no order."""
    return Part.objects.filter(*(FILTERS[name] for name in filters)).order_by()


def totals_of(matching: QuerySet[Part]) -> QuerySet[Part, tuple[str]]:
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
