"""Every question that the Django service asks the database: all ORM, nothing but ORM.

``fastapi_service/queries/`` answers the same questions under the same names, in the same order, in SQL.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
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

from partsearch.catalog.models import Mark, Model, Part
from partsearch.contract import answer
from partsearch.contract.filters import filters_of
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.django_service.lookups import AnyOf, JsonPathField, Like, MeetsPath
from partsearch.django_service.prepared import Given, Prepared


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


_NOTHING = FoundParts([], 0, Decimal(0))

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

_SHAPES_KEPT = 256
"""Sets of filters, with the number of the page, whose SQL is kept. Any other is compiled when it is asked for."""


def find_parts(search: Search) -> FoundParts:
    """The page that ``search`` asks for, with the totals of all matches, as one snapshot of the data.

    One statement gives both, since its snapshot is one. Only a page past the end carries no totals; they are asked
    for by a second statement, and prove by themselves that the page is empty in that snapshot too.
    """
    if () in (search.mark_list, search.model_list):
        return _NOTHING
    filters = filters_of(search)
    rows = _page(filters.names, search.offset).rows(filters.values)
    if rows:
        return FoundParts([FoundPart(*row[:-1]) for row in rows], *_totals_in(rows[0][-1]))
    if search.offset == 0:
        return _NOTHING
    (row,) = _totals(filters.names).rows(filters.values)
    count, summ = _totals_in(row[0])
    return find_parts(search) if count > search.offset else FoundParts([], count, summ)


@lru_cache(_SHAPES_KEPT)
def _page(filters: tuple[str, ...], offset: int) -> Prepared:
    matching = matching_parts(filters)
    ids = matching.order_by("id").values("id")[offset : offset + PARTS_PER_PAGE]
    page = Part.objects.filter(id__in=ids).order_by("id")
    return Prepared(page.values_list(*_PART_COLUMNS, Subquery(totals_of(matching))))


@lru_cache(_SHAPES_KEPT)
def _totals(filters: tuple[str, ...]) -> Prepared:
    return Prepared(totals_of(matching_parts(filters)))


def totals_of(matching: QuerySet[Part]) -> QuerySet[Part, tuple[str]]:
    """The count and the sum of all parts of ``matching``: one row, a JSON object as text, the sum in it as text."""
    totals = JSONObject(count=Count("*"), summ=Cast(Sum("price"), TextField()))
    return matching.values(all_together=Value(1)).values_list(Cast(totals, TextField()))


def _totals_in(text: str) -> tuple[int, Decimal]:
    totals = json.loads(text)
    return totals["count"], Decimal(totals["summ"] or 0)


def matching_parts(filters: Iterable[str]) -> QuerySet[Part]:
    """Every shown part that meets all of the ``filters``, whose names are those of the contract, in no order."""
    return Part.objects.filter(*(_MATCHING[name] for name in filters)).order_by()


_TEXT = TextField()
_IDS = ArrayField(BigIntegerField())
_TEXTS = ArrayField(TextField())
_PRICE = DecimalField()
_JSON_PATH = JsonPathField()


def _with_is_new_part(text: str) -> QuerySet[Part, Any]:
    """Return the ids of the shown parts whose is_new_part is a text; few lists have any."""
    return Part.objects.filter(is_visible=True, attributes__contains={"is_new_part": text}).order_by().values("id")


_MATCHING = {
    # Every part that may be shown at all.
    "shown": Q(is_visible=True, mark__is_visible=True, model__is_visible=True),
    # The mark's name holds the text; in text too short for a trigram index, mark_name_short.
    "mark_name": Q(Like(F("mark__name_normalized"), Given("mark_name", _TEXT))),
    "mark_name_short": Q(GreaterThan(StrIndex("mark__name_normalized", Given("mark_name", _TEXT)), 0)),
    # The mark is one of these.
    "mark_list": Q(AnyOf(F("mark_id"), Given("mark_list", _IDS))),
    # The model's name holds the text.
    "model_name": Q(Like(F("model__name_normalized"), Given("model_name", _TEXT))),
    "model_name_short": Q(GreaterThan(StrIndex("model__name_normalized", Given("model_name", _TEXT)), 0)),
    # The model is one of these.
    "model_list": Q(AnyOf(F("model_id"), Given("model_list", _IDS))),
    # The part's name holds the text.
    "part_name": Q(Like(F("name_normalized"), Given("part_name", _TEXT))),
    "part_name_short": Q(GreaterThan(StrIndex("name_normalized", Given("part_name", _TEXT)), 0)),
    # The mark's country is this one.
    "producer_country_name": Q(mark__producer_country_name_normalized=Given("producer_country_name", _TEXT)),
    # The price is at least this, and at most this.
    "price_gte": Q(price__gte=Given("price_gte", _PRICE)),
    "price_lte": Q(price__lte=Given("price_lte", _PRICE)),
    # json_data.color is this text.
    "color": Q(color=Given("color", _TEXT)),
    # json_data.color is one of these texts.
    "colors": Q(AnyOf(F("color"), Given("colors", _TEXTS))),
    # json_data.is_new_part is true, or false.
    "is_new_part": Q(is_new_part=True),
    "is_used_part": Q(is_new_part=False),
    # json_data.is_new_part is true, or the text "true"; false, or the text "false".
    "is_new_part_or_text": Q(is_new_part=True) | Q(id__in=_with_is_new_part("true")),
    "is_used_part_or_text": Q(is_new_part=False) | Q(id__in=_with_is_new_part("false")),
    # json_data has these keys with these values.
    "others": Q(attributes__contains=Cast(Given("others", _TEXT), JSONField())),
    # json_data has these keys, each with one of two values.
    "either": Q(MeetsPath(F("attributes"), Cast(Given("either", _TEXT), _JSON_PATH))),
}


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
