"""The search from the planes: page, count and sum by one statement, or by two in one snapshot."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import SortOrder
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.planes.keys import NamedCondition
from partsearch.django_service.planes.statement import Shape, compile_statement
from partsearch.django_service.statements.ordered_page import ordered_page
from partsearch.django_service.statements.ordering import Ordering, ordering_of, page_values
from partsearch.totals.conditions import ExactTerm, PlaneConditions

_STATEMENTS_KEPT = 256
"""How many shapes of searches keep their compiled statements."""

_compiled = lru_cache(_STATEMENTS_KEPT)(compile_statement)


def find_parts_by_planes(
    search: Search, planes: PlaneConditions, understood: Understood | None = None
) -> FoundParts | None:
    """Return the page that ``search`` asks for with the totals of all matches, or None if the planes are not usable.

    One statement returns all, a page past the end too. In another order than that of the ids it returns the totals, and
    others the page: the caller reads one snapshot.

    Args:
        search: the search.
        planes: its conditions.
        understood: what its ``q`` means; None if it has none.
    """
    found = _found(search, planes, understood)
    if found is None:
        return None
    if search.order is SortOrder.ID:
        return found.parts
    return replace(found.parts, rows=ordered_page(search, understood, found.ranks))


@dataclass(frozen=True, slots=True)
class _Found:
    """What the statement returns: the totals with the page of ids, and how many matches have each rank."""

    parts: FoundParts
    ranks: tuple[int, ...]


def _found(search: Search, planes: PlaneConditions, understood: Understood | None) -> _Found | None:
    filters = filters_of(search, understood)
    shape = _shape(search, filters.names, planes, ordering_of(search, understood))
    values = {**filters.values, **page_values(search, understood), **_values(search, planes)}
    rows = _compiled(shape).rows(values)
    return _read(planes, *rows[0]) if rows else None


def masks_shape(search: Search, planes: PlaneConditions, understood: Understood | None) -> tuple[Shape, dict[str, Any]]:
    """Return the shape and the values of ``statement.masks_of`` for the masks of all layers."""
    filters = filters_of(search, understood)
    shape = _shape(search, filters.names, planes, ordering_of(search, understood))
    masks = replace(shape, summed=None, in_phrase=(), in_words=(), has_page=False)
    return masks, {**filters.values, **_values(search, planes)}


def _shape(search: Search, filters: tuple[str, ...], planes: PlaneConditions, ordering: Ordering) -> Shape:
    exact = {term.condition for term in planes.exact_terms}
    attributes: dict[str, tuple[str, ...]] = {}
    for term in planes.name_terms:
        known = attributes.get(term.condition, ())
        attributes[term.condition] = known if term.attribute in known else (*known, term.attribute)

    def named(conditions: Iterable[str]) -> tuple[NamedCondition, ...]:
        return tuple(NamedCondition(name, attributes.get(name, ()), name in exact) for name in conditions)

    return Shape(
        filters,
        named(name for name in planes.conditions if name in attributes),
        has_conditions=bool(_exact_conditions(planes)),
        has_over_price=bool(planes.over_price),
        summed="mark_name_short" if "mark_name_short" in filters and planes.summed else planes.summed,
        ordering=ordering,
        in_phrase=named(planes.in_phrase),
        in_words=named(planes.in_words),
        has_page=search.order is SortOrder.ID,
        is_usual=search.per_page == PARTS_PER_PAGE,
    )


def _exact_conditions(planes: PlaneConditions) -> list[str]:
    """Return the conditions whose keys are all in the step ``Condition``."""
    with_patterns = {term.condition for term in planes.name_terms}
    exact = {term.condition for term in planes.exact_terms}
    return [name for name in planes.conditions if name in exact - with_patterns]


def _values(search: Search, planes: PlaneConditions) -> dict[str, Any]:
    terms = _terms(planes)
    patterns: dict[str, list[str]] = {}
    for term in planes.name_terms:
        patterns.setdefault(f"{term.condition} {term.attribute}", []).append(term.pattern)
    return {
        "needed_params": planes.params,
        "last_digit_key": planes.last_digit_key,
        "summed": planes.summed,
        "are_disjoint": planes.are_disjoint,
        "mark_values": [str(mark) for mark in search.mark_list or ()],
        "model_values": [str(model) for model in search.model_list or ()],
        **patterns,
        "conditions": _exact_conditions(planes),
        "over_price": planes.over_price,
        "term_conditions": [term.condition for term in terms],
        "term_attributes": [term.attribute for term in terms],
        "term_values": [term.value for term in terms],
    }


def _terms(planes: PlaneConditions) -> list[ExactTerm]:
    """Return a term for each key, and one without a key for each condition that no part can meet."""
    missing = {*planes.over_price} - {term.condition for term in planes.exact_terms}
    return [*planes.exact_terms, *(ExactTerm(condition, "", "") for condition in missing)]


def _read(
    planes: PlaneConditions, count: Any, kopecks: Any, known_kopecks: Any, price_of_changed: Any, *ranks_and_page: Any
) -> _Found:
    *ranks, page = ranks_and_page
    rows = [FoundPart(**{**row, "price": Decimal(row["price"])}) for row in page or ()]
    summ = Decimal((kopecks or 0) + (known_kopecks or 0)).scaleb(-2) + (price_of_changed or 0)
    total = int(count or 0)
    counts = (*map(int, ranks), total - int(sum(ranks))) if planes.has_ranks else (total,)
    return _Found(FoundParts(rows, total, summ), counts)
