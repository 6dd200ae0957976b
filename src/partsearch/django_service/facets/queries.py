"""The facets of a search."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import Min
from django.db.models.functions import Collate

from partsearch.catalog.models import Mark, Model
from partsearch.contract.answer.facets import (
    PRICE_BOUNDS,
    Facet,
    FacetValue,
    PriceFacet,
    chosen_country,
    chosen_ids,
    chosen_values,
    compared,
    searches_of,
    values_facet,
)
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.django_service.facets.by_planes import BY_PLANES, USABLE, PlanesShape, compile_facets_by_planes
from partsearch.django_service.facets.statement import SEPARATOR, FacetShape, compile_facets
from partsearch.django_service.facets.values import facet_kind, facet_parameters, read_value, value_text
from partsearch.django_service.planes.queries import masks_shape
from partsearch.django_service.statements.compiled_query import CompiledQuery
from partsearch.totals.conditions import PlaneConditions
from partsearch.totals.planner import preferred_planes

_STATEMENTS_KEPT = 256
"""How many shapes of facets keep their compiled statements."""

_compiled = lru_cache(_STATEMENTS_KEPT)(compile_facets)
_compiled_by_planes = lru_cache(_STATEMENTS_KEPT)(compile_facets_by_planes)


def count_facets(search: Search, understood: Understood | None = None) -> dict[str, Facet]:
    """Return the facets that ``search`` asks for, in their order.

    Facets that leave out the same filters are counted by one statement. A caller that needs all of them, and the page,
    from one snapshot of the data is in a transaction.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    found: dict[str, Facet] = {}
    for counted, facets in searches_of(search):
        found |= _count(search, counted, facets, understood)
    return {facet: found[facet] for facet in search.facets}


def _count(search: Search, counted: Search, facets: list[str], understood: Understood | None) -> dict[str, Facet]:
    planes = preferred_planes(counted, understood)
    known = [facet for facet in facets if facet in BY_PLANES] if planes else []
    found = _count_by_planes(search, counted, known, understood, planes) if planes and known else None
    rest = [facet for facet in facets if facet not in (found or {})]
    return {**(found or {}), **(_count_by_scan(search, counted, rest, understood, is_few=not planes) if rest else {})}


def _count_by_scan(
    search: Search, counted: Search, facets: list[str], understood: Understood | None, *, is_few: bool
) -> dict[str, Facet]:
    filters = filters_of(counted, understood)
    shape = FacetShape(filters.names, tuple(map(facet_kind, facets)), reads_once=is_few)
    parameters: dict[str, Any] = dict(filters.values)
    for place, facet in enumerate(facets):
        parameters |= facet_parameters(facet, place)
    return _read(search, facets, _compiled(shape), parameters) or {}


def _count_by_planes(
    search: Search, counted: Search, facets: list[str], understood: Understood | None, planes: PlaneConditions
) -> dict[str, Facet] | None:
    """Return the facets, or None if the planes are not usable."""
    masks, parameters = masks_shape(counted, planes, understood)
    if "is_new_part" in facets:
        parameters["needed_params"] = [*planes.params, "is_new_part"]
    query = _compiled_by_planes(PlanesShape(masks, tuple(facets)))
    return _read(search, facets, query, parameters, has_usable=True)


def _read(
    search: Search, facets: list[str], query: CompiledQuery, parameters: dict[str, Any], *, has_usable: bool = False
) -> dict[str, Facet] | None:
    """Return the facets of a query; None if it lacks the row that says that the planes are usable."""
    chosen = {facet: _chosen(search, facet) for facet in facets}
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for place, *row in query.rows({**parameters, "chosen": _chosen_texts(chosen)}):
        rows.setdefault(place, []).append(tuple(row))
    if has_usable and USABLE not in rows:
        return None
    return {facet: _facet(facet, rows.get(place, []), chosen[facet]) for place, facet in enumerate(facets)}


def _facet(facet: str, rows: list[tuple[Any, ...]], chosen: list[FacetValue]) -> Facet:
    if facet == "price":
        return _price_facet(rows)
    values = [FacetValue(read_value(facet, value, label), label, parts) for value, label, parts, *_ in rows]
    distinct = rows[0][-1] if rows else 0
    return values_facet(facet, values, _known(facet, values, chosen), distinct)


def _price_facet(rows: list[tuple[Any, ...]]) -> PriceFacet:
    counts = {PRICE_BOUNDS[int(bucket) - 1]: parts for bucket, _, parts, *_ in rows}
    lowest = min((row[3] for row in rows), default=None)
    highest = max((row[4] for row in rows), default=None)
    return PriceFacet(lowest, highest, counts)


def _chosen(search: Search, facet: str) -> list[FacetValue]:
    """Return what ``search`` asks for. Marks, models and a country have no labels yet."""
    if facet in ("mark", "model"):
        return [FacetValue(number, "", 0) for number in chosen_ids(search, facet)]
    if facet == "country":
        country = chosen_country(search)
        return [] if country is None else [FacetValue(country, "", 0)]
    return chosen_values(search, facet)


def _chosen_texts(chosen: dict[str, list[FacetValue]]) -> list[str]:
    return [
        f"{place}{SEPARATOR}{value_text(facet, value.value)}"
        for place, (facet, values) in enumerate(chosen.items())
        for value in values
    ]


def _known(facet: str, counted: Iterable[FacetValue], chosen: list[FacetValue]) -> list[FacetValue]:
    """Return the chosen values. A mark, model or country that no part has gets its name, if it is visible."""
    if facet not in _NAMED:
        return chosen
    found = {compared(facet, value.value) for value in counted}
    missing = [value.value for value in chosen if compared(facet, value.value) not in found]
    named = _NAMED[facet](missing) if missing else []
    return [value for value in chosen if value.value not in missing] + named


def _named_marks(ids: list[Any]) -> list[FacetValue]:
    found = Mark.objects.filter(id__in=ids, is_visible=True).order_by().values_list("id", "name")
    return [FacetValue(number, name, 0) for number, name in found]


def _named_models(ids: list[Any]) -> list[FacetValue]:
    found = (
        Model.objects.filter(id__in=ids, is_visible=True, mark__is_visible=True).order_by().values_list("id", "name")
    )
    return [FacetValue(number, name, 0) for number, name in found]


def _named_country(countries: list[Any]) -> list[FacetValue]:
    marks = Mark.objects.filter(producer_country_name_normalized__in=countries, is_visible=True)
    spelling = marks.aggregate(spelling=Min(Collate("producer_country_name", "C")))["spelling"]
    return [] if spelling is None else [FacetValue(spelling, spelling, 0)]


_NAMED: Mapping[str, Callable[[list[Any]], list[FacetValue]]] = {
    "mark": _named_marks,
    "model": _named_models,
    "country": _named_country,
}
