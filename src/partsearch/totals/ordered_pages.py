"""How a page is found in an order other than that of ids, when the planes have counted the matches.

The matches of each rank come after all of the rank before. Of many matches the first ones are found by a walk along an
index that has the order; few are read and sorted. Both ways are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from partsearch.contract.request.search import Search
from partsearch.totals.statistics import Statistics

_WALKED_ROW = 1.5
"""What a row of a walk takes, in rows that are read to be sorted: marks and models are looked up one by one."""
_LEAST_WALK = 1_000


@dataclass(frozen=True, slots=True)
class RankPage:
    """What one rank adds to a page.

    Attributes:
        rank: 0, 1 or 2; None if the order has no ranks.
        before: how many matches of the rank come before the page.
        rows: how many it adds.
        walked: how many rows of the index the walk may read; None to read and sort all matches. A walk that has found
            fewer than ``rows`` has ended too early, and all matches are to be read.
    """

    rank: int | None
    before: int
    rows: int
    walked: int | None


def rank_pages(search: Search, counts: Sequence[int], statistics: Statistics | None) -> list[RankPage]:
    """Return what each rank adds to the page, without those that add nothing.

    Args:
        search: the search.
        counts: how many matches have each rank, or one number if the order has no ranks.
        statistics: None if they are not known yet.
    """
    parts = max(statistics.parts if statistics else 0, sum(counts))
    pages = []
    start = 0
    for rank, count in enumerate(counts):
        before = max(search.offset - start, 0)
        rows = min(count, search.offset + search.per_page - start) - before
        if rows > 0:
            walked = _walked(before + rows, count, parts)
            pages.append(RankPage(rank if len(counts) > 1 else None, before, rows, walked))
        start += count
    return pages


def _walked(wanted: int, count: int, parts: int) -> int | None:
    """Return how many rows a walk to the wanted matches may read, if it is likely to be faster than reading all.

    Matches are rarely spread evenly: it may read four times as many as if they were, but not many more than there are
    matches, for these would have been read and sorted in that time.
    """
    expected = wanted * parts / count
    if expected * _WALKED_ROW > count:
        return None
    return max(_LEAST_WALK, min(int(4 * expected), 2 * count))
