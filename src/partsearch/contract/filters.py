"""The filters that a search gives, by name. To each name FastAPI has a piece of SQL, and Django one of its ORM."""

import re
from dataclasses import dataclass
from typing import Any

from partsearch.contract.params import SplitParams, split_params
from partsearch.contract.search import Search
from partsearch.contract.text import has_trigram, normalize

_LIKE_SPECIAL = re.compile(r"([\\%_])")


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one search.

    ``names`` are always in the same order, so that searches which give the same filters are of the same shape.
    ``values`` holds what they compare with, such as the database compares it.
    """

    names: tuple[str, ...]
    values: dict[str, Any]


def filters_of(search: Search) -> Filters:
    """The filters that ``search`` gives, and ``shown``, which all searches have."""
    names, values = ["shown"], {}
    for name in ("mark_name", "model_name", "part_name"):
        text = getattr(search, name)
        if text is not None:
            filter_name, values[name] = _holding(name, normalize(text))
            names.append(filter_name)
    params = split_params(search.params)
    for name, value in _plain(search, params).items():
        if value is not None:
            names.append(name)
            values[name] = value
    if params.is_new_part is not None:
        names.append("is_new_part" if params.is_new_part else "is_used_part")
    if params.is_new_part_or_text is not None:
        names.append("is_new_part_or_text" if params.is_new_part_or_text else "is_used_part_or_text")
    return Filters(tuple(names), values)


def _holding(name: str, text: str) -> tuple[str, str]:
    """The filter that looks for ``text``: by its trigram index where one can help, by plain comparison where not."""
    if has_trigram(text):
        return name, "%" + _LIKE_SPECIAL.sub(r"\\\1", text) + "%"
    return f"{name}_short", text


def _plain(search: Search, params: SplitParams) -> dict[str, Any]:
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
