"""Facets: what they count, which filters they leave out, which values they show, and their JSON.

A facet counts the parts that the search finds without the facet's own filter, by one attribute. Both services take the
rules from here: Django counts in its ORM, FastAPI in SQL.

- A value is counted as it is compared: normalised text, a number by its value. Blank texts are no values, nor are
  texts, numbers and names of keys over 200 characters: no search can ask for them.
- The label is how the counted parts write the value: of several spellings the smallest by code points.
- A value that the search asks for is shown even if no part has it; then its label is the normalised value. A mark, a
  model or a country is shown only if it is visible, a country in the smallest spelling of the visible marks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from partsearch.contract import limits
from partsearch.contract.answer.rendering import number
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import PARAMS_FACET, ParamsScalar, TwoReadings
from partsearch.contract.text.normalized import normalize

_OWN_FILTERS = {
    "mark": ("mark_list", "mark_name"),
    "model": ("model_list", "model_name"),
    "country": ("producer_country_name",),
    "name": ("part_name",),
    "price": ("price_gte", "price_lte"),
}

PRICE_BOUNDS: tuple[int, ...] = (0, *(first * 10**place for place in range(10) for first in (1, 2, 5)), 10**10)
"""Where the buckets of prices begin and end; the last one ends them all."""

FacetScalar = int | ParamsScalar


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value with its label, and how many parts have it."""

    value: FacetScalar
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ValuesFacet:
    """The values to show in their order, and how many more there are."""

    values: Sequence[FacetValue]
    others: int


@dataclass(frozen=True, slots=True)
class PriceFacet:
    """The lowest and the highest price, None if nothing is found, and how many parts each bucket has.

    Attributes:
        counts: by the bound at which the bucket begins, one of ``PRICE_BOUNDS``; absent means none.
    """

    minimum: Decimal | None
    maximum: Decimal | None
    counts: Mapping[int, int]


Facet = ValuesFacet | PriceFacet


def params_key(facet: str) -> str | None:
    """Return the key of ``json_data`` that a facet counts; None for what is no attribute of a part."""
    if facet in ("color", "is_new_part"):
        return facet
    return facet.removeprefix(PARAMS_FACET) if facet.startswith(PARAMS_FACET) else None


def search_without(search: Search, facet: str) -> Search:
    """Return what the facet counts: ``search`` without the facet's own filter."""
    key = params_key(facet)
    if key is None:
        return search.model_copy(update=dict.fromkeys(_OWN_FILTERS[facet]))
    return search.model_copy(update={"params": {name: value for name, value in search.params.items() if name != key}})


def searches_of(search: Search) -> list[tuple[Search, list[str]]]:
    """Return each different search that the facets of ``search`` count, with the facets that count it."""
    found: list[tuple[Search, list[str]]] = []
    for facet in search.facets:
        counted = search_without(search, facet)
        for other, facets in found:
            if other == counted:
                facets.append(facet)
                break
        else:
            found.append((counted, [facet]))
    return found


def chosen_ids(search: Search, facet: str) -> tuple[int, ...]:
    """Return the marks or models that ``search`` asks for, each once."""
    ids = search.mark_list if facet == "mark" else search.model_list
    return tuple(dict.fromkeys(ids or ()))


def chosen_country(search: Search) -> str | None:
    """Return the country that ``search`` asks for, normalised: the database knows how it is written."""
    return None if search.producer_country_name is None else normalize(search.producer_country_name)


def chosen_values(search: Search, facet: str) -> list[FacetValue]:
    """Return the values of an attribute that ``search`` asks for, as no part has them."""
    return [FacetValue(value, label_of(value), 0) for value in chosen_scalars(search, facet)]


def chosen_scalars(search: Search, facet: str) -> list[ParamsScalar]:
    """Return the values of an attribute that ``search`` asks for: one, or both readings of one."""
    key = params_key(facet)
    value = None if key is None else search.params.get(key)
    if value is None:
        return []
    readings = (value.as_json, value.as_text) if isinstance(value, TwoReadings) else (value,)
    values = [normalize(reading) if isinstance(reading, str) else reading for reading in readings]
    return [value for value in values if _can_have(facet, value)]


def _can_have(facet: str, value: ParamsScalar) -> bool:
    if facet == "is_new_part":
        return isinstance(value, bool)
    if facet == "color" and not isinstance(value, str):
        return False
    return len(label_of(value)) <= limits.TEXT_LENGTH


def label_of(value: ParamsScalar) -> str:
    """Return a value as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else value


def compared(facet: str, value: FacetScalar) -> tuple[type, FacetScalar]:
    """Return what tells whether two values of a facet are the same one: ``true`` is neither ``1`` nor ``"true"``."""
    if isinstance(value, str):
        return str, normalize(value) if facet in ("country", "name") else value
    return (bool, value) if isinstance(value, bool) else (Decimal, Decimal(value))


def values_facet(facet: str, counted: Iterable[FacetValue], chosen: Iterable[FacetValue], distinct: int) -> ValuesFacet:
    """Return the values to show: the most frequent ones and the chosen ones.

    Args:
        facet: the name of the facet.
        counted: values that parts have, each once: at least the most frequent ones, and those of ``chosen``.
        chosen: what the search asks for. One that is not among ``counted`` has no parts. Two readings of one value are
            one choice: if no part has either, the first one is shown.
        distinct: how many values the parts have in all.
    """
    ordered = sorted(counted, key=_order)
    wanted = {compared(facet, value.value): value for value in chosen}
    found = {compared(facet, value.value) for value in ordered}
    missing = [value for key, value in wanted.items() if key not in found]
    if facet not in ("mark", "model"):
        missing = missing[:1] if len(missing) == len(wanted) else []
    shown = ordered[: limits.FACET_VALUES]
    shown += [value for value in ordered[limits.FACET_VALUES :] if compared(facet, value.value) in wanted]
    return ValuesFacet(sorted(shown + missing, key=_order), distinct - len(shown))


def _order(value: FacetValue) -> tuple[int, str, bool, FacetScalar]:
    """Return what orders the values: the most frequent first, then by label, then texts before others."""
    return -value.count, value.label, not isinstance(value.value, str), value.value


def facets_answer(facets: Mapping[str, Facet]) -> bytes:
    """Return the JSON of the facets, in their order."""
    return orjson.dumps({name: _as_json(facet) for name, facet in facets.items()})


def _as_json(facet: Facet) -> dict[str, Any]:
    if isinstance(facet, PriceFacet):
        return {
            "min": None if facet.minimum is None else number(facet.minimum),
            "max": None if facet.maximum is None else number(facet.maximum),
            "buckets": _buckets(facet.counts),
        }
    values = [{"value": _value_json(each.value), "label": each.label, "count": each.count} for each in facet.values]
    return {"values": values, "others": facet.others}


def _value_json(value: FacetScalar) -> object:
    return number(value) if isinstance(value, Decimal) else value


def _buckets(counts: Mapping[int, int]) -> list[dict[str, int]]:
    """Return the buckets from the first one with parts to the last one, without gaps."""
    filled = [place for place, bound in enumerate(PRICE_BOUNDS) if counts.get(bound)]
    if not filled:
        return []
    return [
        {"from": PRICE_BOUNDS[place], "to": PRICE_BOUNDS[place + 1], "count": counts.get(PRICE_BOUNDS[place], 0)}
        for place in range(filled[0], filled[-1] + 1)
    ]
