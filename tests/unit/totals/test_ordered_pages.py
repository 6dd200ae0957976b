"""What each rank adds to a page, and when a walk along an index finds it."""

import pytest

from partsearch.contract.request.search import read_search
from partsearch.totals.ordered_pages import RankPage, rank_pages
from partsearch.totals.statistics import Statistics

_MILLION = Statistics(1_000_000, 16, {}, 0.0001)


def pages(counts: list[int], page: int = 1, per_page: int = 10) -> list[tuple[int | None, int, int]]:
    search = read_search({"page": page, "per_page": per_page})
    return [(found.rank, found.before, found.rows) for found in rank_pages(search, counts, None)]


@pytest.mark.parametrize(
    ("counts", "page", "expected"),
    [
        ([3, 4, 100], 1, [(0, 0, 3), (1, 0, 4), (2, 0, 3)]),
        ([3, 4, 100], 2, [(2, 3, 10)]),
        ([25, 0, 2], 3, [(0, 20, 5), (2, 0, 2)]),
        ([25, 0, 2], 4, []),
        ([0, 0, 0], 1, []),
        ([30], 2, [(None, 10, 10)]),
        ([30], 4, []),
    ],
)
def test_the_rows_of_a_page(counts: list[int], page: int, expected: list[tuple[int | None, int, int]]) -> None:
    assert pages(counts, page) == expected


def test_a_page_of_a_hundred() -> None:
    assert pages([30, 0, 500], per_page=100) == [(0, 0, 30), (2, 0, 70)]


def test_many_matches_are_walked_to_and_few_are_read() -> None:
    (many,) = rank_pages(read_search({}), [50_000], _MILLION)
    assert many == RankPage(None, 0, 10, 1_000)
    (few,) = rank_pages(read_search({}), [500], _MILLION)
    assert few.walked is None


def test_a_deep_page_is_read_where_the_walk_would_take_longer() -> None:
    (deep,) = rank_pages(read_search({"page": 4_000}), [50_000], _MILLION)
    assert deep.walked is None
