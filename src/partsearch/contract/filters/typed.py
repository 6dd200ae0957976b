"""The filters that the field ``q`` means, and the ranks of what it finds.

A filter with a number, such as ``q_texts 2``, is one of several of the same kind: its condition is that of ``q_texts``
with the values of this number. So searches with as many groups of each kind share one compiled query.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import orjson

from partsearch.contract.filters.params import as_json
from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.text.like import contains

_Filter = tuple[str, dict[str, Any]]


def typed_filters(understood: Understood) -> Iterator[_Filter]:
    """Yield the name of each filter of ``q`` with its values: first the groups of texts alone, then the others.

    ``q_texts``: the name contains one of these texts. ``q_any``: the part has one of these texts, marks, models or
    params. ``q_numbers``: the same, or one of its part numbers starts with one of these. ``q_nothing``: nothing of
    ``q`` is understood, and nothing matches.
    """
    if not understood.groups:
        yield "q_nothing", {}
    groups = [(_kind(group), group) for group in understood.groups]
    yield from texts_filters([group.texts for kind, group in groups if kind == "q_texts"])
    others = sorted((pair for pair in groups if pair[0] != "q_texts"), key=itemgetter(0))
    for number, (kind, group) in enumerate(others, 1):
        yield f"{kind} {number}", _any_values(group, number)


def texts_filters(groups: list[tuple[str, ...]], first: int = 1) -> Iterator[_Filter]:
    """Yield the filters ``q_texts``, numbered from ``first``, that a name contains one of the texts of each group."""
    for number, texts in enumerate(groups, first):
        yield f"q_texts {number}", {f"q_texts {number}": list(map(contains, texts))}


def rank_values(understood: Understood) -> dict[str, Any]:
    """Return the values that the rank of a part is computed with.

    Rank 0: the name contains ``phrase``, or ``number`` is one of the part numbers. Rank 1: the name contains all
    ``words``. Rank 2: all others. What is None holds for no part.
    """
    return {
        "phrase": contains(understood.phrase) if understood.phrase else None,
        "words": list(map(contains, understood.words)) or None,
        "number": understood.number,
    }


def _kind(group: Alternatives) -> str:
    if group.numbers:
        return "q_numbers"
    return "q_any" if group.mark_list or group.model_list or group.params else "q_texts"


def _any_values(group: Alternatives, number: int) -> dict[str, Any]:
    values = {
        "any_texts": list(map(contains, group.texts)),
        "any_marks": group.mark_list,
        "any_models": group.model_list,
        "any_params": [orjson.dumps({key: as_json(value)}).decode() for key, value in group.params],
        "any_numbers": starts_with(group.numbers),
    }
    return {f"{name} {number}": value for name, value in values.items()}


def starts_with(numbers: tuple[str, ...]) -> str | None:
    """Return a query for the part numbers that start with one of these, as PostgreSQL's tsquery; None without any."""
    quoted = (number.replace("\\", "\\\\").replace("'", "''") for number in numbers)
    return " | ".join(f"'{number}':*" for number in quoted) or None
