"""The filters of a search by name. Each service has one condition for each name: Django in its ORM, FastAPI in SQL."""

from dataclasses import dataclass
from typing import Any

from partsearch.contract.filters.params import SplitParams, split_params
from partsearch.contract.filters.typed import typed_filters
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.text.like import contains
from partsearch.contract.text.normalized import has_trigram, normalize


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one search.

    Attributes:
        names: always in the same order, so that searches with the same filters share one compiled query.
        values: what the filters compare with, normalised as the database normalises what it stores.
    """

    names: tuple[str, ...]
    values: dict[str, Any]


def filters_of(search: Search, understood: Understood | None = None) -> Filters:
    """Return the filters of ``search``; ``shown`` is always among them.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    names, values = ["shown"], {}
    for name in ("mark_name", "model_name", "part_name"):
        text = getattr(search, name)
        if text is not None:
            filter_name, values[name] = _text_filter(name, normalize(text))
            names.append(filter_name)
    params = split_params(search.params)
    for name, value in _other_filters(search, params).items():
        if value is not None:
            names.append(name)
            values[name] = value
    if params.is_new_part is not None:
        names.append("is_new_part" if params.is_new_part else "is_used_part")
    if params.is_new_part_or_text is not None:
        names.append("is_new_part_or_text" if params.is_new_part_or_text else "is_used_part_or_text")
    if understood is not None:
        for name, its_values in typed_filters(understood):
            names.append(name)
            values |= its_values
    return Filters(tuple(names), values)


def _text_filter(name: str, text: str) -> tuple[str, str]:
    """Return the name and value of the filter for ``text``.

    A text with a trigram is found by the trigram index with LIKE; a shorter one by plain comparison.
    """
    if has_trigram(text):
        return name, contains(text)
    return f"{name}_short", text


def _other_filters(search: Search, params: SplitParams) -> dict[str, Any]:
    country = search.producer_country_name
    return {
        "mark_list": search.mark_list,
        "model_list": search.model_list,
        "producer_country_name": None if country is None else normalize(country),
        "price_gte": search.price_gte,
        "price_lte": search.price_lte,
        "color": params.color,
        "colors": params.colors,
        "others": params.others,
        "either": params.either,
    }
