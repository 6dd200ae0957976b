"""How many names have pieces of one or two letters, which no index of names finds: counted by the planes.

``fastapi_service/queries/count_pieces.sql`` is its counterpart.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from partsearch.catalog.models import Part, TotalsKey, TotalsPlane, TotalsState
from partsearch.contract.request.search import Search
from partsearch.django_service.filters import FILTERS
from partsearch.django_service.planes import steps
from partsearch.django_service.planes.expressions import TEXTS, BitAndAll, BitCount, Items
from partsearch.django_service.planes.queries import masks_shape
from partsearch.django_service.planes.statement import masks_of
from partsearch.django_service.statements.compiled_query import CompiledQuery, HiddenParameter
from partsearch.django_service.typed.steps import ChangedName, PieceKey, ShortText
from partsearch.totals.conditions import PlaneConditions


def piece_counts(pieces: Sequence[str]) -> dict[str, int] | None:
    """Return how many shown parts have a name with each of the pieces; None if the planes are not usable."""
    query, values = _counts()
    rows = query.rows({**values, "pieces": list(pieces)})
    return {piece: int(of_planes + changed) for piece, of_planes, changed in rows} or None


@lru_cache(1)
def _counts() -> tuple[CompiledQuery, dict[str, Any]]:
    """Return the query for the pieces, each with its parts by the planes and the changed ones; and its values."""
    shape, values = masks_shape(Search(), PlaneConditions(), None)
    changed = ChangedName.objects.filter(GreaterThan(StrIndex("name", OuterRef("piece")), 0))
    counted = PieceKey.objects.filter(Exists(steps.Usable.objects.all())).values_list(
        "piece",
        Coalesce(_total(steps.Mask.objects.all(), Sum(BitCount(BitAndAll("bits", _plane())))), Value(0)),
        Coalesce(_total(changed, Count("*")), Value(0)),
    )
    key = TotalsKey.objects.filter(attribute="piece", value=OuterRef("piece")).values("id")
    name = Part.objects.filter(FILTERS["shown"], id=OuterRef("part_id")).values("name_normalized")
    return CompiledQuery(
        counted,
        {
            **masks_of(shape),
            ShortText: TotalsState.objects.values_list(Items(HiddenParameter("pieces", TEXTS))),
            PieceKey: ShortText.objects.values_list("piece", Subquery(key)),
            ChangedName: steps.Changed.objects.values_list("part_id", Subquery(name)),
        },
    ), values


def _plane() -> Subquery:
    """Return the bits of the piece of the outer row's outer row, in the layer of the outer row."""
    planes = TotalsPlane.objects.filter(
        segment=OuterRef("segment"), layer=OuterRef("layer"), key_id=OuterRef(OuterRef("key"))
    )
    return Subquery(planes.values_list(Coalesce(F("bits"), F("sparse_bits"))))


def _total(rows: "QuerySet[Any]", aggregate: Any) -> Subquery:
    """Return one value for all rows together."""
    return Subquery(rows.order_by().values(all_together=Value(1)).annotate(total=aggregate).values_list("total"))
