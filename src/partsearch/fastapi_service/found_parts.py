"""Finds the parts of a search: the page with the totals of all matches, from one snapshot of the data."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from partsearch.contract.answer.highlight import name_ranges
from partsearch.contract.answer.rendering import understood_answer
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import SortOrder
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.composer import Statement
from partsearch.totals.conditions import PlaneConditions
from partsearch.totals.ordered_pages import RankPage, rank_pages
from partsearch.totals.planner import preferred_planes
from partsearch.totals.statistics import latest_statistics

Read = Callable[[Statement], Awaitable[Any]]


def needs_snapshot(search: Search, planes: PlaneConditions | None) -> bool:
    """Return whether ``find_parts`` reads several statements: another order than that of ids, from the planes."""
    return planes is not None and search.order is not SortOrder.ID


async def find_parts(read: Read, search: Search, understood: Understood | None, planes: PlaneConditions | None) -> str:
    """Return the page and the totals as JSON.

    Args:
        read: reads a statement. If ``needs_snapshot``, all statements see one snapshot.
        search: the search.
        understood: what its ``q`` means; None if it has none.
        planes: the conditions of the search if the planes are to answer; None to read its matches.
    """
    if planes is None:
        return str(await read(composer.find_parts_by_reading(search, understood)))
    if search.order is SortOrder.ID:
        return str(await read(composer.find_parts_by_planes(search, planes, understood)))
    totals = await read(composer.count_by_planes(search, planes, understood))
    if totals is None:
        return str(await read(composer.find_parts_by_scan(search, understood)))
    text, _, ranks = totals.removeprefix("{").removesuffix("}").partition(',"ranks":')
    counts: Sequence[int] = orjson.loads(ranks) if ranks else [orjson.loads(totals)["count"]]
    pages = rank_pages(search, counts, latest_statistics.value)
    parts = [await _parts_of(read, search, understood, page) for page in pages]
    return f'{{"response":[{",".join(parts)}],{text}}}'


async def count_parts(read: Read, search: Search, understood: Understood | None) -> int:
    """Return how many parts match.

    Args:
        read: reads a statement.
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    planes = preferred_planes(search, understood)
    found = None if planes is None else await read(composer.count_by_planes(search, planes, understood))
    if found is None:
        found = await read(composer.find_parts_by_scan(search, understood))
    return int(_COUNT.findall(found)[-1])


_COUNT = re.compile('"count":([0-9]+),"summ":')
"""The totals stand behind the parts, whose texts have their quotes escaped."""


async def _parts_of(read: Read, search: Search, understood: Understood | None, page: RankPage) -> str:
    number, _, parts = (await read(composer.find_page(search, understood, page))).partition(":")
    if page.walked is not None and int(number) < page.rows:
        return await _parts_of(read, search, understood, replace(page, walked=None))
    return str(parts)


def with_what_was_typed(found: str, search: Search, understood: Understood | None) -> str:
    """Return the answer of the database with the highlights of its parts, and with what ``q`` was understood as."""
    if search.highlight:
        found = "".join(_highlighted(found.split("\n"), understood.highlights if understood is not None else ()))
    if understood is not None:
        found = f'{found.removesuffix("}")},"understood":{understood_answer(understood).decode()}}}'
    return found


def _highlighted(lines: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of the answer whose lines are: the text up to the end of a part, and the name of that part."""
    for piece, name in zip(lines[:-1:2], lines[1::2], strict=True):
        ranges = orjson.dumps(name_ranges(orjson.loads(name), texts)).decode()
        yield f'{piece.removesuffix("}")},"highlight":{{"name":{ranges}}}}}'
    yield lines[-1]
