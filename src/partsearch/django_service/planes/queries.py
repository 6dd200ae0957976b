"""The search from the planes: page, count and sum by one statement."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from partsearch.contract.filters import filters_of
from partsearch.contract.search import Search
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.planes.statement import Shape, compile_statement
from partsearch.totals.conditions import ExactTerm, PlaneConditions

_STATEMENTS_KEPT = 256
"""How many shapes of searches keep their compiled statements."""

_compiled = lru_cache(_STATEMENTS_KEPT)(compile_statement)


def find_parts_by_planes(search: Search, planes: PlaneConditions) -> FoundParts | None:
    """Return the page that ``search`` asks for with the totals of all matches, or None if the planes are not usable.

    One statement returns all, a page past the end too.

    Args:
        search: the search.
        planes: its conditions.
    """
    filters = filters_of(search)
    rows = _compiled(_shape(filters.names, planes)).rows({**filters.values, **_values(search, planes)})
    return _found(*rows[0]) if rows else None


def _shape(filters: tuple[str, ...], planes: PlaneConditions) -> Shape:
    names: dict[str, tuple[str, ...]] = {}
    for term in planes.name_terms:
        names[term.condition] = (*names.get(term.condition, ()), term.attribute)
    conditions = {term.condition for term in planes.exact_terms}
    return Shape(
        filters,
        tuple(names.items()),
        has_conditions=not conditions <= {*planes.over_price},
        has_over_price=bool(planes.over_price),
        summed="mark_name_short" if "mark_name_short" in filters and planes.summed else planes.summed,
    )


def _values(search: Search, planes: PlaneConditions) -> dict[str, Any]:
    terms = _terms(planes)
    return {
        "offset": search.offset,
        "needed_params": planes.params,
        "last_digit_key": planes.last_digit_key,
        "summed": planes.summed,
        "are_disjoint": planes.are_disjoint,
        "mark_values": [str(mark) for mark in search.mark_list or ()],
        "model_values": [str(model) for model in search.model_list or ()],
        **{f"{term.condition} {term.attribute}": term.pattern for term in planes.name_terms},
        "conditions": planes.conditions,
        "over_price": planes.over_price,
        "term_conditions": [term.condition for term in terms],
        "term_attributes": [term.attribute for term in terms],
        "term_values": [term.value for term in terms],
    }


def _terms(planes: PlaneConditions) -> list[ExactTerm]:
    """Return a term for each key, and one without a key for each condition that no part can meet."""
    missing = {*planes.over_price} - {term.condition for term in planes.exact_terms}
    return [*planes.exact_terms, *(ExactTerm(condition, "", "") for condition in missing)]


def _found(count: Any, kopecks: Any, known_kopecks: Any, price_of_changed: Any, page: Any) -> FoundParts:
    rows = [FoundPart(**{**row, "price": Decimal(row["price"])}) for row in page or ()]
    summ = Decimal((kopecks or 0) + (known_kopecks or 0)).scaleb(-2) + (price_of_changed or 0)
    return FoundParts(rows, int(count or 0), summ)
