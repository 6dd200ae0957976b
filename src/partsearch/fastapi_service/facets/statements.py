"""The statements that count facets: several of one search at a time."""

from collections.abc import Sequence
from typing import Any

from partsearch.contract.answer.facets import PRICE_BOUNDS, chosen_country, chosen_ids, chosen_scalars, params_key
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.composer import Statement, count_facets, count_facets_by_planes
from partsearch.totals.conditions import PlaneConditions, param_value
from partsearch.totals.planner import preferred_planes

_KINDS = {"color": ["string"], "is_new_part": ["boolean"]}
_OF_PLANES = frozenset({"mark", "country", "is_new_part", "price"})
"""What the planes count. They do not know how texts are written, and the many models take as long as the parts."""

_PRICE_KEYS = [f">={str(bound)[0]}e{len(str(bound)) + 1}" for bound in PRICE_BOUNDS[1:-1]]
"""The keys of the planes for the bounds of the buckets, which are in kopecks, but for 0."""

_ANY_KIND = ["string", "number", "boolean"]


def facet_statements(
    counted: Search, search: Search, facets: Sequence[str], understood: Understood | None = None
) -> list[Statement]:
    """Return the statements that together count ``facets``.

    Args:
        counted: what the facets count: ``search`` without their own filters.
        search: what was asked for. Values that it asks for are listed.
        facets: their names.
        understood: what its ``q`` means; None if it has none.
    """
    planes = preferred_planes(counted, understood)
    if planes is None:
        return [count_facets_by_scan(counted, search, facets, understood, is_few=True)]
    known = [facet for facet in facets if facet in _OF_PLANES]
    others = [facet for facet in facets if facet not in _OF_PLANES]
    statements = []
    if known:
        by_scan = count_facets_by_scan(counted, search, known, understood)
        statements.append(_by_planes(counted, search, known, understood, planes)._replace(instead=by_scan))
    if others:
        statements.append(count_facets_by_scan(counted, search, others, understood))
    return statements


def _by_planes(
    counted: Search, search: Search, facets: Sequence[str], understood: Understood | None, planes: PlaneConditions
) -> Statement:
    blocks = [f"facet_{facet}" for facet in facets] + _chosen_blocks(search, facets)
    values = _facet_values(search, facets)
    if "is_new_part" in facets:
        values["needed_params"] = [*planes.params, "is_new_part"]
    return count_facets_by_planes(counted, planes, understood, blocks, values)


def count_facets_by_scan(
    counted: Search,
    search: Search,
    facets: Sequence[str],
    understood: Understood | None = None,
    *,
    is_few: bool = False,
) -> Statement:
    """Return the statement that counts ``facets`` by reading the matching parts.

    Args:
        counted: what the facets count.
        search: what was asked for.
        facets: their names.
        understood: what its ``q`` means; None if it has none.
        is_few: whether few parts match: they are read once for all facets.
    """
    filters = filters_of(counted, understood)
    values = {**filters.values, **_facet_values(search, facets)}
    reads_once = is_few and len(facets) > 1
    return count_facets((*filters.names, *_facet_blocks(search, facets)), values, reads_once=reads_once)


def _facet_blocks(search: Search, facets: Sequence[str]) -> list[str]:
    blocks = [
        f"facet_{facet}" if params_key(facet) is None else f"facet_params {place}" for place, facet in enumerate(facets)
    ]
    return blocks + _chosen_blocks(search, facets)


def _chosen_blocks(search: Search, facets: Sequence[str]) -> list[str]:
    blocks = []
    if "mark" in facets and search.mark_list:
        blocks.append("chosen_mark")
    if "model" in facets and search.model_list:
        blocks.append("chosen_model")
    if "country" in facets and search.producer_country_name is not None:
        blocks.append("chosen_country")
    return blocks


def _facet_values(search: Search, facets: Sequence[str]) -> dict[str, Any]:
    chosen = _chosen(search, facets)
    return {
        "price_bounds": list(map(str, PRICE_BOUNDS[:-1])),
        "price_keys": _PRICE_KEYS,
        **{f"param_facet {place}": facet for place, facet in enumerate(facets)},
        **{f"param_key {place}": params_key(facet) for place, facet in enumerate(facets)},
        **{f"param_kinds {place}": _KINDS.get(facet, _ANY_KIND) for place, facet in enumerate(facets)},
        "chosen_facets": [facet for facet, _ in chosen],
        "chosen_values": [value for _, value in chosen],
        "chosen_marks": chosen_ids(search, "mark"),
        "chosen_models": chosen_ids(search, "model"),
        "chosen_country": chosen_country(search),
    }


def _chosen(search: Search, facets: Sequence[str]) -> list[tuple[str, str]]:
    """Return the values that the search asks for, each with its facet, as the statements write values."""
    found = [(facet, str(id_)) for facet in ("mark", "model") if facet in facets for id_ in chosen_ids(search, facet)]
    country = chosen_country(search)
    if "country" in facets and country is not None:
        found.append(("country", country))
    for facet in facets:
        key = params_key(facet)
        values = [] if key is None else [param_value(key, value) for value in chosen_scalars(search, facet)]
        found += [(facet, value) for value in values if value is not None]
    return found
