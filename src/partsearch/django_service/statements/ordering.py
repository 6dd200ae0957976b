"""The orders of an answer, and the ranks of what ``q`` finds, as expressions of the ORM.

``fastapi_service/queries/find_parts.sql`` has the same orders.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from partsearch.catalog.functions import PartNumbers, Quality
from partsearch.catalog.models import Part
from partsearch.contract.filters.typed import rank_values
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import SortOrder
from partsearch.django_service.statements.compiled_query import Parameter, Steps
from partsearch.django_service.statements.lookups import AnyOf, Like, LikeAll
from partsearch.django_service.statements.steps import Matching, RankedMatching

_TEXT = TextField()
_TEXTS = ArrayField(_TEXT)
_QUALITY = Quality("json_data")
_BY_QUALITY = (_QUALITY.desc(), F("created_at").desc(), F("id").asc())

_ORDERS: dict[SortOrder, tuple[Any, ...]] = {
    SortOrder.ID: (F("id").asc(),),
    SortOrder.RELEVANCE: _BY_QUALITY,
    SortOrder.PRICE: (F("price").asc(), F("id").asc()),
    SortOrder.PRICE_DESCENDING: (F("price").desc(), F("id").asc()),
    SortOrder.NEWEST: (F("created_at").desc(), F("id").asc()),
}

_BEST = {
    "phrase": Q(Like(F("name_normalized"), Parameter("phrase", _TEXT))),
    "number": Q(AnyOf(Cast(Parameter("number", _TEXT), _TEXT), Coalesce(PartNumbers("json_data"), Value([], _TEXTS)))),
}
"""The conditions of which a part of rank 0 meets one."""

_GOOD = Q(LikeAll(F("name_normalized"), Parameter("words", _TEXTS)))
"""The condition of rank 1."""

_NEVER = Q(Value(value=False))


@dataclass(frozen=True, slots=True)
class Ordering:
    """The order of an answer, as far as a compiled query depends on it.

    Attributes:
        sort: the order.
        best: which of ``phrase`` and ``number`` a part of rank 0 may have.
        has_words: whether a part can have rank 1.
    """

    sort: SortOrder
    best: tuple[str, ...] = ()
    has_words: bool = False

    @property
    def of_parts(self) -> tuple[Any, ...]:
        """The order of a query set of parts."""
        return (*((self.rank.asc(),) if self.has_ranks else ()), *_ORDERS[self.sort])

    @property
    def within_rank(self) -> tuple[Any, ...]:
        """The order of the parts of one rank."""
        return _ORDERS[self.sort]

    @property
    def has_ranks(self) -> bool:
        """Whether parts of different ranks may match."""
        return bool(self.best) or self.has_words

    @property
    def rank(self) -> Any:
        """The rank of a part, 0 is the best."""
        cases = [When(_BEST[name], then=0) for name in self.best]
        if self.has_words:
            cases.append(When(_GOOD, then=1))
        return Case(*cases, default=2, output_field=IntegerField()) if cases else Value(0)

    def of_rank(self, parts: "QuerySet[Part]", rank: int) -> "QuerySet[Part]":
        """Return those of ``parts`` that have a rank."""
        best = Q(*(_BEST[name] for name in self.best), _connector=Q.OR) if self.best else _NEVER
        good = _GOOD if self.has_words else _NEVER
        return parts.filter((best, ~best & good, ~best & ~good)[rank])

    def read_once(self, parts: "QuerySet[Part]") -> "tuple[QuerySet[Any], Steps, tuple[Any, ...]]":
        """Return the parts as a step that reads each once, the steps, and the order of that step."""
        if self.sort not in (SortOrder.RELEVANCE, SortOrder.NEWEST):
            return Matching.objects.all(), {Matching: parts.values_list("id", "price")}, _ORDERS[self.sort]
        quality = _QUALITY if self.sort is SortOrder.RELEVANCE else Value(0)
        ranked = parts.values_list("id", "price", self.rank, quality, "created_at")
        order = (F("rank").asc(), F("quality").desc(), F("created_at").desc(), F("id").asc())
        return RankedMatching.objects.all(), {RankedMatching: ranked}, order


def ordering_of(search: Search, understood: Understood | None) -> Ordering:
    """Return the order of the answer to ``search``, whose ``q`` means ``understood``."""
    if search.order is not SortOrder.RELEVANCE or understood is None:
        return Ordering(search.order)
    best = (("phrase", understood.phrase), ("number", understood.number))
    return Ordering(search.order, tuple(name for name, value in best if value), bool(understood.words))


def page_values(search: Search, understood: Understood | None) -> dict[str, Any]:
    """Return the values of the parameters that a page and its order have."""
    ranks = rank_values(understood) if understood is not None else {}
    return {"offset": search.offset, "per_page": search.per_page, **ranks}
