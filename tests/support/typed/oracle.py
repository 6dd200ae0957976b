"""The answer to a search with ``q``, ``sort``, ``facets``, ``highlight`` and ``per_page``, in plain Python.

What the words mean comes from ``partsearch.understanding``, as in both services. The parts that they find, the order of
these and all that the answer says about them are computed here from the rows. They share no code with the services.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from partsearch.contract.filters.understood import Alternatives, Understood
from tests.support.oracle import PAGE_SIZE, Row, Search, as_compared, is_blank, matches, shown, written
from tests.support.typed.facets import OWN_FIELDS, facet_of
from tests.support.typed.numbers import numbers_of
from tests.support.typed.shop import Shop

NEW_FIELDS = ("q", "sort", "facets", "highlight", "per_page")


def answer_of(shop: Shop, search: Search) -> dict[str, Any]:
    """Return the answer to ``search`` on the catalog of this shop."""
    wanted = {name: value for name, value in search.items() if not is_blank(value)}
    understood = shop.understood(wanted["q"].strip()) if "q" in wanted else None
    found = sorted(_found(shop, wanted, understood), key=_order(shop, wanted.get("sort"), understood))
    size = int(wanted.get("per_page", PAGE_SIZE))
    first = (int(wanted.get("page", 1)) - 1) * size
    page = [shown(row) for row in found[first : first + size]]
    if wanted.get("highlight"):
        for part in page:
            part["highlight"] = {"name": ranges(part["name"], understood.highlights if understood else ())}
    answer: dict[str, Any] = {
        "response": page,
        "count": written(len(found)),
        "summ": written(sum((Decimal(row.part.price) for row in found), Decimal(0))),
    }
    if understood:
        answer["understood"] = _as_answered(understood)
    if wanted.get("facets"):
        answer["facets"] = {name: _facet(shop, wanted, understood, name.strip()) for name in wanted["facets"]}
    return answer


def rank_of(row: Row, understood: Understood) -> int:
    """Return 0 for the exact phrase or number, 1 for all words, 2 for the others."""
    name = as_compared(row.part.name)
    if understood.phrase and understood.phrase in name:
        return 0
    if understood.number is not None and understood.number in numbers_of(row.part):
        return 0
    return 1 if understood.words and all(word in name for word in understood.words) else 2


def quality_of(row: Row) -> int:
    """Return 2 for a photo and 1 for a part in stock, added."""
    attributes = json.loads(row.part.json_data)
    photo, count = attributes.get("photo"), attributes.get("count")
    has_photo = bool(photo) and (isinstance(photo, list) or (isinstance(photo, str) and not is_blank(photo)))
    in_stock = count is None or (isinstance(count, int | float) and not isinstance(count, bool) and count > 0)
    return 2 * has_photo + in_stock


def ranges(name: str, texts: tuple[str, ...]) -> list[list[Any]]:
    """Return the ranges of characters that these texts cover, for a name of usual letters and any blanks."""
    lower = as_compared(name)
    places = [place for place in range(len(name)) if not name[place].isspace() or not name[:place][-1:].isspace()]
    assert len(lower) == len(places), f"{name!r} is too unusual for the oracle"
    covered: set[int] = set()
    for text in filter(None, texts):
        for start in range(len(lower)):
            if lower.startswith(text, start):
                covered.update(range(places[start], places[start + len(text) - 1] + 1))
    starts = sorted(place for place in covered if place - 1 not in covered)
    ends = sorted(place + 1 for place in covered if place + 1 not in covered)
    return [[written(start), written(end)] for start, end in zip(starts, ends, strict=True)]


def _found(shop: Shop, wanted: Search, understood: Understood | None) -> list[Row]:
    filters = {name: value for name, value in wanted.items() if name not in NEW_FIELDS}
    rows = [row for row in shop.shown if matches(row, filters)]
    return rows if understood is None else [row for row in rows if _means(row, understood)]


def _means(row: Row, understood: Understood) -> bool:
    return bool(understood.groups) and all(_meets_one(row, group) for group in understood.groups)


def _meets_one(row: Row, group: Alternatives) -> bool:
    name = as_compared(row.part.name)
    return (
        any(text in name for text in group.texts)
        or row.mark.id in group.mark_list
        or row.model.id in group.model_list
        or any(matches(row, {"params": {key: value}}) for key, value in group.params)
        or any(number.startswith(start) for number in numbers_of(row.part) for start in group.numbers)
    )


def _order(shop: Shop, sort: str | None, understood: Understood | None) -> Callable[[Row], tuple[Any, ...]]:
    def newest(row: Row) -> float:
        return -shop.created[row.part.id].timestamp()

    def relevance(row: Row) -> tuple[Any, ...]:
        rank = rank_of(row, understood) if understood else 0
        return rank, -quality_of(row), newest(row), row.part.id

    orders: dict[str, Callable[[Row], tuple[Any, ...]]] = {
        "id": lambda row: (row.part.id,),
        "relevance": relevance,
        "price": lambda row: (Decimal(row.part.price), row.part.id),
        "-price": lambda row: (-Decimal(row.part.price), row.part.id),
        "-created": lambda row: (newest(row), row.part.id),
    }
    return orders[sort.strip() if sort else "relevance" if understood else "id"]


def _facet(shop: Shop, wanted: Search, understood: Understood | None, name: str) -> dict[str, Any]:
    others = {field: value for field, value in wanted.items() if field not in OWN_FIELDS.get(name, ())}
    key = name.removeprefix("params.") if name not in OWN_FIELDS else name
    if name not in OWN_FIELDS or name in ("color", "is_new_part"):
        others["params"] = {member: value for member, value in wanted.get("params", {}).items() if member != key}
    return facet_of(name, _found(shop, others, understood), wanted, shop)


def _as_answered(understood: Understood) -> dict[str, Any]:
    return {
        "q": understood.q,
        "mark_list": [written(number) for number in understood.mark_list],
        "model_list": [written(number) for number in understood.model_list],
        "number": understood.number,
        "params": {
            key: value if isinstance(value, str | bool) else written(value) for key, value in understood.params.items()
        },
        "corrections": [
            {"from": correction.typed, "to": correction.corrected, "kind": str(correction.kind)}
            for correction in understood.corrections
        ],
        "unused": list(understood.unused),
    }
