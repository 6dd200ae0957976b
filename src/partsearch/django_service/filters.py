"""The filters of a search as conditions of the ORM, one for each name that ``contract.filters.by_name`` gives.

``fastapi_service/queries/find_parts.sql`` has the same filters under the same names in the same order.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField
from django.db.models import BigIntegerField, DecimalField, F, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from partsearch.catalog.functions import PartNumberStarts
from partsearch.catalog.models import Part
from partsearch.django_service.statements.compiled_query import Parameter
from partsearch.django_service.statements.lookups import (
    AnyOf,
    ContainsAny,
    JsonPathField,
    Like,
    LikeAny,
    MatchesQuery,
    MeetsPath,
)

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
    # Nothing of q is understood.
    "q_nothing": Q(Value(value=False)),
}


def _name_has_one(patterns: str) -> Q:
    return Q(LikeAny(F("name_normalized"), Parameter(patterns, _TEXTS)))


def _has_any(number: str) -> Q:
    """Return the condition that the name has one of these texts, or the part one of these marks, models or params."""
    params = Cast(Cast(Parameter(f"any_params {number}", _TEXTS), _TEXTS), ArrayField(JSONField()))
    return (
        _name_has_one(f"any_texts {number}")
        | Q(AnyOf(F("mark_id"), Parameter(f"any_marks {number}", _NUMBERS)))
        | Q(AnyOf(F("model_id"), Parameter(f"any_models {number}", _NUMBERS)))
        | Q(ContainsAny(F("attributes"), params))
    )


def _has_number(number: str) -> Q:
    """Return the condition that a part number of the part starts with one of these."""
    numbers = Cast(Parameter(f"any_numbers {number}", _TEXT), SearchQueryField())
    return Q(MatchesQuery(PartNumberStarts("json_data"), numbers))


def condition(name: str) -> Q:
    """Return the condition of a filter: of ``FILTERS``, or of a numbered one of ``contract.typed_filters``."""
    kind, _, number = name.partition(" ")
    if kind == "q_texts":
        # The part's name contains one of these texts.
        return _name_has_one(name)
    if kind == "q_numbers":
        # The same as q_any, or one of its part numbers starts with one of these.
        return _has_any(number) | _has_number(number)
    return _has_any(number) if kind == "q_any" else FILTERS[name]


def matching_parts(filters: Iterable[str]) -> QuerySet[Part]:
    """Return every part that meets the conditions of all of these filters, in no order."""
    return Part.objects.filter(*map(condition, filters)).order_by()
