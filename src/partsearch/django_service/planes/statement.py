"""The statement that answers a search from the planes, as query sets over its steps.

``fastapi_service/queries/find_parts_by_planes.sql`` is its counterpart.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg, BitAnd, BitOr, JSONBAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.db.models.lookups import GreaterThan, LessThan

from partsearch.catalog.fields import BitStringField
from partsearch.catalog.models import Part, TotalsChange, TotalsKey, TotalsPlane, TotalsSegment, TotalsState
from partsearch.contract.limits import PARTS_PER_PAGE, PARTS_PER_PAGE_MAXIMUM
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.planes import steps
from partsearch.django_service.planes.expressions import (
    TEXTS,
    BitAndAll,
    BitCount,
    BitNot,
    BitsAt,
    BitsFrom,
    DigitValue,
    IdAt,
    Items,
    KnownSums,
    NoBits,
    Numbers,
    PositionOf,
    SegmentOf,
)
from partsearch.django_service.planes.keys import KEYS, NamedCondition, hidden_keys, keys_of
from partsearch.django_service.statements.compiled_query import CompiledQuery, HiddenParameter, Steps
from partsearch.django_service.statements.lookups import AnyOf
from partsearch.django_service.statements.ordering import Ordering

Rows = QuerySet[Any, Any]

_SEGMENT_BITS = 64_000
_BLOCK_BITS = 1_600
_PIECE_BITS = 40
_MOST_CHANGES = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What the statement of a search depends on, beside the values.

    Attributes:
        filters: the names of the filters.
        names: the conditions on the part's name, and of the groups of ``q`` that have texts.
        has_conditions: some conditions on price, params and groups of ``q`` are in the parameter ``conditions``.
        has_over_price: some are in ``over_price``: they hold together for the parts whose price is too high.
        summed: the one condition of the search, or None.
        ordering: the order, by which the changed parts are ranked.
        in_phrase: the conditions of rank 0; without them and ``in_words`` the ranks are not counted.
        in_words: the conditions of rank 1.
        has_page: whether the statement returns the page, in the order of ids.
        is_usual: whether the page has ten parts.
    """

    filters: tuple[str, ...]
    names: tuple[NamedCondition, ...]
    has_conditions: bool
    has_over_price: bool
    summed: str | None
    ordering: Ordering
    in_phrase: tuple[NamedCondition, ...]
    in_words: tuple[NamedCondition, ...]
    has_page: bool
    is_usual: bool

    @property
    def has_ranks(self) -> bool:
        """Whether the matches of each rank are counted."""
        return bool(self.in_phrase or self.in_words)


def compile_statement(shape: Shape) -> CompiledQuery:
    """Return the query for searches of this shape: one row of count, kopecks, price of the changed parts, ranks, page.

    It has no row if the planes cannot answer now.
    """
    found = steps.Usable.objects.values_list(
        _total(steps.SegmentTotal.objects.all(), Sum("parts")),
        _total(steps.Mask.objects.all(), Sum(_kopecks())),
        _total(steps.Sums.objects.all(), Sum("kopecks")) if shape.summed else Value(0),
        _total(steps.ChangedMatch.objects.all(), Sum("price")),
        *(_of_rank(rank) if shape.has_ranks else Value(0) for rank in (0, 1)),
        _page(shape) if shape.has_page else Value(None, JSONField()),
    )
    return CompiledQuery(
        found,
        {
            **masks_of(shape),
            **({steps.RankMask: _rank_masks(shape)} if shape.has_ranks else {}),
            steps.SegmentParts: _segment_parts(shape),
            steps.SegmentTotal: _segment_totals(),
            **(_page_steps(shape) if shape.has_page else {}),
        },
    )


def masks_of(shape: Shape) -> Steps:
    """Return the steps up to the matches: the bits of those that have not changed, and the parts that have."""
    return {
        steps.Usable: _usable(),
        steps.Term: _terms(),
        steps.Condition: _conditions(),
        **_known_sums(shape),
        steps.Candidate: _candidates(shape),
        steps.Changed: _changed(),
        steps.ChangedBits: _changed_bits(),
        steps.Mask: _masks(),
        steps.ChangedMatch: _changed_matches(shape),
    }


def _page_steps(shape: Shape) -> Steps:
    return {
        steps.SegmentCount: _segment_counts(),
        steps.PageSegment: _page_segments(),
        steps.MatchBits: _match_bits(shape),
        steps.Segment: _segments(),
        steps.Block: _pieces(steps.Segment, _SEGMENT_BITS, _BLOCK_BITS),
        steps.Piece: _pieces(steps.Block, _BLOCK_BITS, _PIECE_BITS),
        steps.Place: _pieces(steps.Piece, _PIECE_BITS, 1),
    }


def _usable() -> Rows:
    """Return a row if the planes are complete, know the keys of json_data, and few parts have changed."""
    too_many_changes = Exists(TotalsChange.objects.all()[_MOST_CHANGES : _MOST_CHANGES + 1])
    known = Q(is_ready=True, ready_params__contains=HiddenParameter("needed_params", TEXTS))
    return TotalsState.objects.filter(known, ~too_many_changes).values_list("id")


def _terms() -> Rows:
    columns = ("term_conditions", "term_attributes", "term_values")
    terms: Rows = TotalsState.objects.values_list(*(Items(HiddenParameter(name, TEXTS)) for name in columns))
    return terms


def _conditions() -> Rows:
    key = TotalsKey.objects.filter(attribute=OuterRef("attribute"), value=OuterRef("value")).values("id")
    terms = steps.Term.objects.values("condition").annotate(ids=ArrayAgg(Subquery(key)))
    conditions: Rows = terms.values_list("condition", "ids")
    return conditions


def _known_sums(shape: Shape) -> Steps:
    """Return the steps of the layers whose count and sum are known, if the search has one condition."""
    if shape.summed is None:
        return {}
    known = TotalsState.objects.filter(Exists(steps.Usable.objects.all())).values_list(
        KnownSums(_keys_of_condition(shape), HiddenParameter("are_disjoint", BooleanField()))
    )
    columns = ("sums__0", "sums__1", "sums__2", "sums__3")
    return {steps.KnownSums: known, steps.Sums: steps.KnownSums.objects.values_list(*columns)}


def _keys_of_condition(shape: Shape) -> Any:
    """Return the keys of the one condition of the search."""
    if shape.summed in KEYS:
        return ArraySubquery(keys_of(KEYS[shape.summed]))
    if shape.names:
        (condition,) = shape.names
        return ArraySubquery(condition.keys())
    return Subquery(steps.Condition.objects.filter(condition=HiddenParameter("summed", TextField())).values("keys"))


def _candidates(shape: Shape) -> Rows:
    layers = TotalsSegment.objects.filter(Exists(steps.Usable.objects.all()))
    if shape.summed:
        known = steps.Sums.objects.filter(segment=OuterRef("segment"), layer=OuterRef("layer"))
        layers = layers.filter(~Exists(known))
    return layers.values_list("segment", "layer", _mask(shape))


def _mask(shape: Shape) -> BitAndAll:
    """Return the bits of the parts of the layer of a row that meet all conditions of the search; NULL if none does."""
    masks: list[Any] = [_layer_bits(ArraySubquery(keys_of(KEYS[name]))) for name in shape.filters if name in KEYS]
    masks += _bits_of_each(shape.names)
    if shape.has_conditions:
        masks.append(_bits_of_all("conditions"))
    if shape.has_over_price:
        masks.append(BitNot(_bits_of_all("over_price")))
    return BitAndAll(*masks)


def _bits_of_each(conditions: tuple[NamedCondition, ...]) -> list[Any]:
    return [_layer_bits(ArraySubquery(condition.keys())) for condition in conditions]


def _layer_bits(keys: Any) -> Subquery:
    """Return the bits of the parts that have one of the keys, of the layer of the outer row; NULL if there are none."""
    return _planes(OuterRef("segment"), OuterRef("layer"), keys)


def _bits_of_all(conditions: str) -> Subquery:
    """Return the bits of the parts that meet all conditions in a parameter, of the layer of the outer row."""
    named = steps.Condition.objects.filter(AnyOf(F("condition"), HiddenParameter(conditions, TEXTS)))
    one_of = _planes(OuterRef(OuterRef("segment")), OuterRef(OuterRef("layer")), OuterRef("keys"))
    return _total(named, BitAnd(Coalesce(one_of, NoBits())))


def _planes(segment: OuterRef, layer: OuterRef, keys: Any) -> Subquery:
    planes = TotalsPlane.objects.filter(AnyOf(F("key_id"), keys), segment=segment, layer=layer)
    return _total(planes, BitOr(Coalesce("bits", "sparse_bits")))


def _changed() -> Rows:
    changes = TotalsChange.objects.filter(Exists(steps.Usable.objects.all()))
    changed: Rows = changes.values_list("part_id").distinct()
    return changed


def _changed_bits() -> Rows:
    return _bits_by_segment(steps.Changed.objects.all())


def _masks() -> Rows:
    changed = steps.ChangedBits.objects.filter(segment=OuterRef("segment")).values("bits")
    hidden = _layer_bits(ArraySubquery(hidden_keys()))
    bits = _without(_without(F("bits"), Subquery(changed)), hidden)
    return steps.Candidate.objects.filter(GreaterThan(BitCount("bits"), 0)).values_list("segment", "layer", bits)


def _without(bits: Any, left_out: Any) -> Coalesce:
    """Return the bits without those of ``left_out``. It is mostly NULL, which costs nothing then."""
    return Coalesce(BitAndAll(bits, BitNot(left_out)), bits)


def _changed_matches(shape: Shape) -> Rows:
    # A subquery for each part reads it by its id, however many parts PostgreSQL expects.
    part = matching_parts(shape.filters).filter(id=OuterRef("part_id"))
    rank = Subquery(part.values_list(shape.ordering.rank)) if shape.has_ranks else Cast(Value(None), IntegerField())
    return steps.Changed.objects.values_list("part_id", Subquery(part.values("price")), rank)


def _rank_masks(shape: Shape) -> Rows:
    of_ranks = (_all_bits(_bits_of_each(conditions)) for conditions in (shape.in_phrase, shape.in_words))
    return steps.Mask.objects.values_list("segment", "bits", *of_ranks)


def _all_bits(masks: list[Any]) -> Any:
    """Return the bits that all masks have; NULL without masks."""
    return BitAndAll(*masks) if masks else Cast(Value(None), BitStringField())


def _of_rank(rank: int) -> Any:
    """Return how many matches have a rank. A part with the phrase has rank 0, another with all words rank 1."""
    bits = (BitAndAll("bits", "in_phrase"), BitAndAll(_without(F("bits"), F("in_phrase")), "in_words"))[rank]
    counted = _total(steps.RankMask.objects.all(), Sum(BitCount(bits)))
    return Coalesce(counted, Value(0)) + Coalesce(
        _total(steps.ChangedMatch.objects.filter(rank=rank), Count("*")), Value(0)
    )


def _segment_parts(shape: Shape) -> Rows:
    parts: Rows = steps.Mask.objects.values_list("segment", BitCount("bits"))
    changed = steps.ChangedMatch.objects.filter(price__isnull=False).values_list(SegmentOf("part_id"), Value(1))
    known = [steps.Sums.objects.values_list("segment", "parts")] if shape.summed else []
    return parts.union(changed, *known, all=True)


def _segment_totals() -> Rows:
    totals = steps.SegmentParts.objects.values("segment").annotate(all=Sum("parts"))
    segments: Rows = totals.values_list("segment", "all")
    return segments


def _segment_counts() -> Rows:
    before = Window(Sum("parts"), order_by="segment") - F("parts")
    return steps.SegmentTotal.objects.values_list("segment", "parts", before)


def _page_segments() -> Rows:
    return _on_page(steps.SegmentCount, F("parts")).values_list("segment", "parts", "before")


def _match_bits(shape: Shape) -> Rows:
    on_page = steps.PageSegment.objects.values("segment")
    masks: Rows = steps.Mask.objects.filter(segment__in=on_page).values_list("segment", "bits")
    known = (
        [steps.Sums.objects.filter(segment__in=on_page).values_list("segment", _mask(shape))] if shape.summed else []
    )
    changed = steps.ChangedMatch.objects.annotate(segment=SegmentOf("part_id"))
    return masks.union(_bits_by_segment(changed.filter(price__isnull=False, segment__in=on_page)), *known, all=True)


def _bits_by_segment(parts: "QuerySet[Any]") -> Rows:
    segments = parts.values(segment=SegmentOf("part_id")).annotate(bits=BitsAt(PositionOf("part_id")))
    bits: Rows = segments.values_list("segment", "bits")
    return bits


def _segments() -> Rows:
    bits = _total(steps.MatchBits.objects.filter(segment=OuterRef("segment")), BitOr("bits"))
    return steps.PageSegment.objects.values_list("segment", Value(0), "before", bits)


def _pieces(of: type[steps.Run], length: int, size: int) -> Rows:
    """Return the pieces of the runs that have rows of the page. The functions that return rows go side by side."""
    number = Numbers(length, size)
    bits = BitsFrom("bits", number + 1, size)
    return _on_page(of, BitCount("bits")).values_list(
        "segment", F("position") + number, F("before") + BitCount(BitsFrom("bits", 1, number)), bits
    )


def _on_page(of: type[steps.Run | steps.SegmentCount], parts: Any) -> "QuerySet[Any]":
    """Return the rows with ``parts`` matches that have rows of the page."""
    offset = HiddenParameter("offset", BigIntegerField())
    return of.objects.filter(
        GreaterThan(parts, 0),
        GreaterThan(F("before") + parts, offset),
        LessThan(F("before"), offset + HiddenParameter("per_page", BigIntegerField())),
    )


def _page(shape: Shape) -> Subquery:
    # They are no more than that anyway, and PostgreSQL plans for it.
    most = PARTS_PER_PAGE if shape.is_usual else PARTS_PER_PAGE_MAXIMUM
    ids = _on_page(steps.Place, BitCount("bits")).values_list(IdAt("segment", "position"))[:most]
    part = JSONObject(
        id="id",
        mark_id="mark_id",
        mark_name="mark__name",
        producer_country_name="mark__producer_country_name",
        model_id="model_id",
        model_name="model__name",
        name="name",
        json_data=Cast("json_data", TextField()),
        price=Cast("price", TextField()),
    )
    return _total(Part.objects.filter(id__in=ids), JSONBAgg(part, order_by="id"))


def _kopecks() -> Subquery:
    """Return the sum of the kopecks of the parts in a mask, from the planes of the digits of their prices."""
    layer = TotalsPlane.objects.filter(segment=OuterRef("segment"), layer=OuterRef("layer"))
    # The keys 0 to 47 are the bits of the digits: those that a price up to the bound has.
    planes = layer.filter(key_id__lte=HiddenParameter("last_digit_key", IntegerField()))
    parts = BitCount(BitAndAll(OuterRef("bits"), Coalesce("bits", "sparse_bits")))
    return _total(planes, Sum(parts * DigitValue("key_id")))


def _total(rows: "QuerySet[Any]", aggregate: Any) -> Subquery:
    """Return one value for all rows together."""
    return Subquery(rows.order_by().values(all_together=Value(1)).annotate(total=aggregate).values_list("total"))
