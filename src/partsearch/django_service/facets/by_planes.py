"""The statement that counts facets from the planes of the totals, as query sets over its steps.

Marks, models, countries and the condition have planes for each of their values. The planes know no spelling of names,
colours and other keys of ``json_data``.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Collate

from partsearch.catalog.models import Mark, Model, Part, TotalsKey
from partsearch.django_service.facets.statement import ranked, shown_values
from partsearch.django_service.facets.steps import Counted, FacetKey, FacetMask, FacetParts, KeyParts, Ranked
from partsearch.django_service.planes import steps
from partsearch.django_service.planes.expressions import BitAndAll, BitCount
from partsearch.django_service.planes.statement import Shape, masks_of
from partsearch.django_service.statements.compiled_query import CompiledQuery
from partsearch.django_service.statements.lookups import AnyOf

Rows = QuerySet[Any, Any]

BY_PLANES = frozenset({"mark", "model", "country", "is_new_part"})
"""The facets that the planes can count."""

USABLE = -1
"""The place of a row that says that the planes are usable."""

_NEW, _USED = "11:is_new_part?true", "11:is_new_part?false"
_KEYS = {
    "mark": Q(attribute="mark"),
    "model": Q(attribute="model"),
    "is_new_part": Q(attribute="param", value__in=[_NEW, _USED]),
}
_KEYS_OF_COUNTRY = "mark"
_TEXT = TextField()
_NUMBER = BigIntegerField()
_PRICE = DecimalField(max_digits=12, decimal_places=2)


@dataclass(frozen=True, slots=True)
class PlanesShape:
    """What the statement depends on, beside the values.

    Attributes:
        search: the shape of the search that is counted.
        kinds: the facets.
    """

    search: Shape
    kinds: tuple[str, ...]


def compile_facets_by_planes(shape: PlanesShape) -> CompiledQuery:
    """Return the query of the values to show, in the columns of ``compile_facets``, with a row of the place ``USABLE``.

    It has no row if the planes cannot answer now.
    """
    keys = dict.fromkeys(_KEYS_OF_COUNTRY if kind == "country" else kind for kind in shape.kinds)
    return CompiledQuery(
        shown_values(),
        {
            **masks_of(shape.search),
            FacetKey: _facet_keys(tuple(keys)),
            KeyParts: _key_parts(),
            FacetParts: _facet_parts(tuple(keys)),
            Counted: _all_counted(shape.kinds),
            Ranked: ranked(),
        },
    )


def _facet_keys(kinds: tuple[str, ...]) -> Rows:
    wanted = Q()
    for kind in kinds:
        wanted |= _KEYS[kind]
    return TotalsKey.objects.filter(wanted).order_by().values_list("id")


def _key_parts() -> Rows:
    bits = BitAndAll(F("bits"), Coalesce("plane__bits", "plane__sparse_bits"))
    wanted = AnyOf(F("plane__key_id"), ArraySubquery(FacetKey.objects.values("key")))
    parts: Rows = FacetMask.objects.filter(wanted).values("plane__key_id").annotate(parts=Sum(BitCount(bits)))
    return parts.filter(parts__gt=0).values_list("plane__key_id", "parts")


def _facet_parts(kinds: tuple[str, ...]) -> Rows:
    """Return the parts of each key: those that the planes know, and those that have changed since the last fold."""
    key = TotalsKey.objects.filter(id=OuterRef("key"))
    kind = Case(When(attribute="param", then=Value("is_new_part")), default="attribute", output_field=_TEXT)
    value = Case(
        When(attribute="param", value=_NEW, then=Value("true")),
        When(attribute="param", value=_USED, then=Value("false")),
        default="value",
        output_field=_TEXT,
    )
    known: Rows = KeyParts.objects.values_list(
        Subquery(key.values_list(kind)), Subquery(key.values_list(value)), Cast("parts", _NUMBER)
    )
    matches = steps.ChangedMatch.objects.filter(price__isnull=False).values("part_id")
    return known.union(*(_changed(Part.objects.filter(id__in=matches).order_by(), kind) for kind in kinds), all=True)


def _changed(parts: "QuerySet[Any]", kind: str) -> Rows:
    column = "is_new_part" if kind == "is_new_part" else f"{kind}_id"
    grouped = parts.filter(**{f"{column}__isnull": False}).annotate(
        kind=Cast(Value(kind), _TEXT), facet_value=Cast(column, _TEXT)
    )
    rows: Rows = grouped.values("kind", "facet_value").annotate(parts=Count("*"))
    return rows.values_list("kind", "facet_value", "parts")


def _all_counted(kinds: tuple[str, ...]) -> Rows:
    no_price = Cast(Value(None), _PRICE)
    usable: Rows = steps.Usable.objects.values_list(
        Value(USABLE),
        Cast(Value(""), _TEXT),
        Cast(Value(None), _TEXT),
        Value(0, _NUMBER),
        Value(0, _NUMBER),
        no_price,
        no_price,
    )
    return usable.union(*(_counted(kind, place) for place, kind in enumerate(kinds)), all=True)


def _counted(kind: str, place: int) -> Rows:
    parts = FacetParts.objects.filter(kind=_KEYS_OF_COUNTRY if kind == "country" else kind)
    grouped = parts.annotate(
        facet=Value(place, IntegerField()), facet_value=_value_of(kind), spelling=_spelling_of(kind)
    ).filter(~Q(facet_value=""))
    counted: Rows = grouped.values("facet", "facet_value").annotate(
        label=Min(Collate("spelling", "C")),
        tie=Value(0, _NUMBER) if kind in ("country", "is_new_part") else Min(Cast("value", _NUMBER)),
        all_parts=Cast(Sum("parts"), _NUMBER),
        lowest=Cast(Value(None), _PRICE),
        highest=Cast(Value(None), _PRICE),
    )
    return counted.values_list("facet", "facet_value", "label", "tie", "all_parts", "lowest", "highest")


def _value_of(kind: str) -> Any:
    return _of_mark("producer_country_name_normalized") if kind == "country" else F("value")


def _spelling_of(kind: str) -> Any:
    if kind == "country":
        return _of_mark("producer_country_name")
    if kind == "mark":
        return _of_mark("name")
    if kind == "model":
        return Subquery(Model.objects.filter(id=Cast(OuterRef("value"), _NUMBER)).values("name"))
    return F("value")


def _of_mark(column: str) -> Subquery:
    return Subquery(Mark.objects.filter(id=Cast(OuterRef("value"), _NUMBER)).values(column))
