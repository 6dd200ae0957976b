"""The page of a search whose totals are known, in another order than that of the ids.

``fastapi_service/queries/find_page.sql`` is its counterpart.
"""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import BigIntegerField

from partsearch.catalog.models import Part
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.found_parts import PART_COLUMNS, FoundPart
from partsearch.django_service.statements.compiled_query import CompiledQuery, Parameter, sliced
from partsearch.django_service.statements.ordering import Ordering, ordering_of, page_values
from partsearch.totals.ordered_pages import rank_pages
from partsearch.totals.statistics import latest_statistics

_NUMBER = BigIntegerField()
_QUERIES_KEPT = 256


def ordered_page(search: Search, understood: Understood | None, counts: Sequence[int]) -> list[FoundPart]:
    """Return the parts of the page, by one query for each rank that is on it.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
        counts: how many matches have each rank, or how many match where all have the same rank.
    """
    filters, ordering = filters_of(search, understood), ordering_of(search, understood)
    values = {**filters.values, **page_values(search, understood)}
    parts: list[FoundPart] = []
    for page in rank_pages(search, counts, latest_statistics.value):
        query = _parts_of_rank(filters.names, ordering, page.rank)
        parts += [FoundPart(*row) for row in query.rows({**values, "before": page.before, "rows": page.rows})]
    return parts


@lru_cache(_QUERIES_KEPT)
def _parts_of_rank(filters: tuple[str, ...], ordering: Ordering, rank: int | None) -> CompiledQuery:
    parts = matching_parts(filters)
    if rank is not None:
        parts = ordering.of_rank(parts, rank)
    ordered = parts.order_by(*ordering.within_rank).values("id")
    ids = sliced(ordered, Parameter("rows", _NUMBER), Parameter("before", _NUMBER))
    page = Part.objects.filter(id__in=ids).order_by(*ordering.within_rank)
    return CompiledQuery(page.values_list(*PART_COLUMNS))
