"""Chooses how a search is answered: from the planes, or from the parts that match. Both ways are exact.

The costs are microseconds, measured at ten thousand to ten million parts; docs/decisions/exact-totals.md has the
measurements. They need only be right where one way takes much longer than the other.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import prod

from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.text.normalized import normalize
from partsearch.totals.conditions import GROUP, PlaneConditions, plane_conditions
from partsearch.totals.name_terms import Term
from partsearch.totals.price_terms import nearest_keys
from partsearch.totals.statistics import Statistics, latest_statistics, text_share

_PLANE_MICROSECONDS = 10.0
"""What it takes to read a plane of one layer and combine it with others."""
_PLANES_OVERHEAD = 380.0
_SUM_MICROSECONDS = 3.0
"""What it takes to read the sum of a key of one layer."""
_SUMMED_SHARE = 0.015
"""The words and params of most layers that so many parts have: one in a hundred is enough for the sum of a layer."""

_INDEX_ROW = 0.45
"""A row that an index-only scan reads."""
_FILTERED_ROW = 0.08
"""A row that an index-only scan reads and leaves out."""
_ROW = 1.5
"""A row of the table that an index finds."""
_NAME_ROW = 2.0
"""A row that the trigram index finds: its name is compared again."""
_LARGE_CATALOG = 5_000_000
"""In a catalog of so many parts a row takes twice as long: it is rarely in a cache of the processor."""
_SCAN_OVERHEAD = 250.0
_SMALL_CATALOG = 20_000

_SHARES_KEPT = 1024


def preferred_planes(search: Search, understood: Understood | None = None) -> PlaneConditions | None:
    """Return the conditions of ``search`` if the planes are likely to answer it in less time than the parts themselves.

    What is known of the catalog is what this process has read last.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    planes = plane_conditions(search, understood)
    return planes if planes is not None and prefers_planes(search, planes, latest_statistics.value) else None


def prefers_to_read_once(search: Search, statistics: Statistics | None) -> bool:
    """Return whether a search that reads its matches should read them once, for page and totals together.

    PostgreSQL plans that statement for each search, the other one once. In a small catalog the plan takes longer than
    reading what a name or a price matches twice.
    """
    if statistics is None or statistics.parts > _SMALL_CATALOG or search.q is not None:
        return True
    return search.part_name is None and search.price_gte is None and search.price_lte is None


def prefers_planes(search: Search, planes: PlaneConditions, statistics: Statistics | None) -> bool:
    """Return whether the planes are likely to answer ``search`` in less time than the parts themselves.

    Args:
        search: the search.
        planes: its conditions.
        statistics: None if they are not known yet.
    """
    if statistics is None:
        return True
    return _planes_cost(planes, statistics, search) < _scan_cost(search, planes, statistics)


def _planes_cost(planes: PlaneConditions, statistics: Statistics, search: Search) -> float:
    keys = len(planes.conditions) + len(planes.exact_terms) + len(search.mark_list or ()) + len(search.model_list or ())
    for attribute, name in (("mark_name", search.mark_name), ("model_name", search.model_name)):
        if name is not None:
            keys += text_share(statistics, attribute, normalize(name))[0]
    if search.part_name is not None:
        keys += _name_keys(search.part_name, statistics)[0]
    keys += sum(text_share(statistics, term.attribute, term.text)[0] for term in _typed_terms(planes))
    summed = statistics.summed_layers if _has_sums(planes, statistics, search) else 0
    digits = sum(int(key) <= planes.last_digit_key for key in statistics.shares.get("digit", ()))
    combined = (statistics.layers - summed) * (keys + digits)
    return _PLANES_OVERHEAD + combined * _PLANE_MICROSECONDS + summed * keys * _SUM_MICROSECONDS


def _has_sums(planes: PlaneConditions, statistics: Statistics, search: Search) -> bool:
    """Return whether the sums of the layers are likely to answer ``search``: rare words and params have none."""
    if planes.summed is None:
        return False
    if search.part_name is not None:
        keys, share = _name_keys(search.part_name, statistics)
        return keys == 1 and share > _SUMMED_SHARE
    if search.q is not None:
        found = [text_share(statistics, term.attribute, term.text) for term in _typed_terms(planes)]
        found += [(1, statistics.share(term.attribute, [term.value])) for term in planes.exact_terms]
        return sum(keys for keys, _ in found) == 1 and max(share for _, share in found) > _SUMMED_SHARE
    return min(_param_shares(planes, statistics).values(), default=1.0) > _SUMMED_SHARE


def _name_keys(part_name: str, statistics: Statistics) -> tuple[int, float]:
    """Return how many keys the text of a part's name needs, and about which share of the parts matches."""
    text = normalize(part_name)
    if " " in text:
        words = text.split(" ")
        counts = [text_share(statistics, "pair", f"{left} {right}") for left, right in pairwise(words)]
        return sum(count for count, _ in counts), min(share for _, share in counts)
    if len(text) <= 2:
        return 1, statistics.share("piece", [text])
    return text_share(statistics, "word", text)


def _scan_cost(search: Search, planes: PlaneConditions, statistics: Statistics) -> float:
    """Return about how long the cheapest index takes to read what one filter of the search matches."""
    slower = 1 + min(statistics.parts / _LARGE_CATALOG, 1)
    return _SCAN_OVERHEAD + slower * statistics.parts * min(_paths(search, planes, statistics))


def _paths(search: Search, planes: PlaneConditions, statistics: Statistics) -> list[float]:
    """Return the microseconds for each part of the catalog that each index would take."""
    covered = not search.params.keys() - {"color", "is_new_part"}
    row = _INDEX_ROW if covered else _ROW
    params = _param_shares(planes, statistics)
    paths = [_ROW]
    if covered and search.part_name is None and search.q is None:
        paths.append(_FILTERED_ROW + _INDEX_ROW * prod(params.values()))
    for share in _mark_shares(search, statistics):
        paths.append(row * share * params.get("color", params.get("is_new_part", 1.0)))
    for share in _model_shares(search, statistics):
        paths.append(_ROW * share)
    if search.part_name is not None:
        paths.append(_NAME_ROW * _name_keys(search.part_name, statistics)[1])
    others = [share for key, share in params.items() if key not in ("color", "is_new_part")]
    if others:
        paths.append(_ROW * min(others))
    paths.extend(_group_paths(planes, statistics))
    if search.price_gte is not None or search.price_lte is not None:
        paths.append(
            (_INDEX_ROW if not params and search.part_name is None and search.q is None else _ROW)
            * _price_share(search, statistics)
        )
    return paths


def _typed_terms(planes: PlaneConditions) -> Iterator[Term]:
    """Yield the terms of names that ``q`` needs; those of the phrases of irregular names are rare."""
    return (
        term for term in planes.name_terms if not term.condition.startswith("part_name") and term.attribute != "phrase"
    )


def _group_paths(planes: PlaneConditions, statistics: Statistics) -> Iterator[float]:
    """Yield for each group of ``q`` the microseconds for each part of the catalog that its indexes take together."""
    costs: dict[str, float] = {}
    for term in _typed_terms(planes):
        share = text_share(statistics, term.attribute, term.text)[1]
        costs[term.condition] = costs.get(term.condition, 0.0) + _NAME_ROW * share
    for exact in planes.exact_terms:
        # No index knows the pieces of one and two letters.
        share = 1.0 if exact.attribute == "piece" else statistics.share(exact.attribute, [exact.value])
        costs[exact.condition] = costs.get(exact.condition, 0.0) + _ROW * share
    return (cost for condition, cost in costs.items() if condition.startswith(GROUP))


def _mark_shares(search: Search, statistics: Statistics) -> Iterator[float]:
    if search.mark_list is not None:
        yield statistics.share("mark", map(str, search.mark_list))
    if search.mark_name is not None:
        yield text_share(statistics, "mark_name", normalize(search.mark_name))[1]
    if search.producer_country_name is not None:
        yield statistics.share("country", [normalize(search.producer_country_name)])


def _model_shares(search: Search, statistics: Statistics) -> Iterator[float]:
    if search.model_list is not None:
        yield statistics.share("model", map(str, search.model_list))
    if search.model_name is not None:
        yield text_share(statistics, "model_name", normalize(search.model_name))[1]


def _param_shares(planes: PlaneConditions, statistics: Statistics) -> dict[str, float]:
    """Return the share of the parts that each key of params matches."""
    values: dict[str, list[str]] = {}
    for term in planes.exact_terms:
        if term.attribute == "param" and term.condition.startswith("param "):
            key = planes.params[int(term.condition.removeprefix("param "))]
            values.setdefault(key, []).append(term.value)
    return {key: statistics.share("param", found) for key, found in values.items()}


def _price_share(search: Search, statistics: Statistics) -> float:
    lowest = 1.0 if search.price_gte is None else _share_from(statistics, int(search.price_gte * 100))
    highest = 0.0 if search.price_lte is None else _share_from(statistics, int(search.price_lte * 100) + 1)
    return max(lowest - highest, statistics.rare_share)


@lru_cache(_SHARES_KEPT)
def _share_from(statistics: Statistics, kopecks: int) -> float:
    """Return about which share of the prices is at least ``kopecks``: between two keys as if spread evenly."""
    if not kopecks:
        return 1.0
    reached, next_key, way = nearest_keys(kopecks)
    share = statistics.share("price", [reached])
    return share - way * (share - statistics.share("price", [next_key]))
