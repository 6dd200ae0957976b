"""The values of each facet as conditions and expressions of the ORM, over the parts that the facet counts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    F,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Collate, Length
from django.db.models.lookups import Exact, LessThanOrEqual

from partsearch.contract.answer.facets import FacetScalar, params_key
from partsearch.contract.limits import TEXT_LENGTH
from partsearch.django_service.facets.expressions import Bucket, JsonKind, JsonText, JsonValue, ParamKey
from partsearch.django_service.statements.compiled_query import Parameter
from partsearch.totals.conditions import param_value

_TEXT = TextField()
_NUMBER = BigIntegerField()
_PRICE = DecimalField(max_digits=12, decimal_places=2)
_NO_TIE = Value(0, _NUMBER)


_COLUMNS = ("facet", "facet_value", "label", "tie", "parts", "lowest", "highest")


@dataclass(frozen=True)
class _Values:
    """The values of a facet.

    Attributes:
        value: the value of a part, as text.
        spelling: how the part writes it; the label is the smallest one.
        has_value: which parts have one. ``facet_value`` is the value.
        tie: what orders values with one label and one count.
    """

    value: Any
    spelling: Any
    has_value: Q = Q(facet_value__isnull=False) & ~Q(facet_value="")
    tie: Any = _NO_TIE


def _searchable(column: str) -> Case:
    """Return a text; NULL if it is so long that no search can ask for it."""
    return Case(When(LessThanOrEqual(Length(column), TEXT_LENGTH), then=column), output_field=_TEXT)


_VALUES = {
    "mark": _Values(Cast("mark_id", _TEXT), F("mark__name"), Q(), Min("mark_id")),
    "model": _Values(Cast("model_id", _TEXT), F("model__name"), Q(), Min("model_id")),
    "country": _Values(_searchable("mark__producer_country_name_normalized"), F("mark__producer_country_name")),
    "name": _Values(_searchable("name_normalized"), F("name")),
    "color": _Values(_searchable("color"), JsonText("json_data", Cast(Value("color"), _TEXT))),
    "is_new_part": _Values(Cast("is_new_part", _TEXT), Cast("is_new_part", _TEXT)),
}


def _param_values(place: int) -> _Values:
    key = Cast(Parameter(f"facet_key {place}", _TEXT), _TEXT)
    kind = JsonKind(JsonValue("attributes", key))
    return _Values(
        ParamKey(key, kind, JsonText("attributes", key)),
        JsonText("json_data", key),
        Q(facet_value__isnull=False) & ~Q(facet_value=Parameter(f"facet_blank {place}", _TEXT)),
        # Texts come before others.
        Min(Case(When(Exact(kind, Value("string")), then=Value(0)), default=Value(1), output_field=_NUMBER)),
    )


def facet_kind(facet: str) -> str:
    """Return what the statement of a facet depends on: the name of the facet, but for the key of ``json_data``."""
    return facet if facet in _VALUES or facet == "price" else "params"


def counted_values(parts: "QuerySet[Any]", kind: str, place: int) -> "QuerySet[Any, Any]":
    """Return the values of a facet with the numbers of the parts that have them, in the columns of ``Counted``.

    Args:
        parts: the parts that the facet counts.
        kind: see ``facet_kind``. A facet ``params`` has its key and the blank text of it as parameters: see
            ``facet_parameters``.
        place: the place of the facet.
    """
    if kind == "price":
        return _buckets(parts, place)
    values = _param_values(place) if kind == "params" else _VALUES[kind]
    grouped = parts.annotate(facet=_place(place), facet_value=values.value).filter(values.has_value)
    counted = grouped.values("facet", "facet_value").annotate(
        label=Min(Collate(values.spelling, "C")),
        tie=values.tie,
        parts=Count("*"),
        lowest=Cast(Value(None), _PRICE),
        highest=Cast(Value(None), _PRICE),
    )
    rows: QuerySet[Any, Any] = counted.values_list(*_COLUMNS)
    return rows


def _buckets(parts: "QuerySet[Any]", place: int) -> "QuerySet[Any, Any]":
    """Return the buckets of prices that have parts."""
    grouped = parts.annotate(facet=_place(place), facet_value=Cast(Bucket("price"), _TEXT))
    counted = grouped.values("facet", "facet_value").annotate(
        label=Cast(Value(None), _TEXT), tie=_NO_TIE, parts=Count("*"), lowest=Min("price"), highest=Max("price")
    )
    rows: QuerySet[Any, Any] = counted.values_list(*_COLUMNS)
    return rows


def _place(place: int) -> Value:
    return Value(place, IntegerField())


def facet_parameters(facet: str, place: int) -> dict[str, Any]:
    """Return the values of the parameters in ``counted_values`` for a facet."""
    key = params_key(facet)
    return {} if key is None else {f"facet_key {place}": key, f"facet_blank {place}": f"{_prefix(facet)}="}


def value_text(facet: str, value: FacetScalar) -> str:
    """Return how ``counted_values`` writes a value of a facet that a search asks for."""
    if facet_kind(facet) == "params" and isinstance(value, str | bool | Decimal):
        return param_value(str(params_key(facet)), value) or ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_value(facet: str, text: str, label: str) -> FacetScalar:
    """Return the value that ``counted_values`` writes as ``text``."""
    kind = facet_kind(facet)
    if kind in ("mark", "model"):
        return int(text)
    if kind in ("country", "name"):
        return label
    if kind == "is_new_part":
        return text == "true"
    if kind == "color":
        return text
    written = text.removeprefix(_prefix(facet))
    sign, content = written[0], written[1:]
    if sign == "#":
        return Decimal(content)
    return content == "true" if sign == "?" else content


def _prefix(facet: str) -> str:
    """Return what ``totals_param`` writes before the sign of a value."""
    key = str(params_key(facet))
    return f"{len(key)}:{key}"
