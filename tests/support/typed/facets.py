"""The facets of an answer in plain Python."""

from collections.abc import Callable, Hashable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import UnionType
from typing import Any, NamedTuple

from tests.support.catalog_data import Mark, Model
from tests.support.oracle import Amount, Either, Row, Search, as_compared, is_blank, read_json, written
from tests.support.typed.shop import Shop

OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "mark": ("mark_list", "mark_name"),
    "model": ("model_list", "model_name"),
    "country": ("producer_country_name",),
    "name": ("part_name",),
    "price": ("price_gte", "price_lte"),
    "color": (),
    "is_new_part": (),
}
"""The fields that a facet is not filtered by; ``color``, ``is_new_part`` and ``params.KEY`` leave out their key."""

SHOWN_VALUES = 20
_LONGEST = 200


class Value(NamedTuple):
    """What one part has for a facet: what is counted together, the value of the answer, and how it is written."""

    group: Hashable
    value: Any
    label: str


def facet_of(name: str, rows: list[Row], wanted: Search, shop: Shop) -> dict[str, Any]:
    """Return a facet.

    Args:
        name: as the field ``facets`` names it.
        rows: what all filters but those of the facet find.
        wanted: the search, of which the chosen values are listed even if nothing has them.
        shop: the catalog.
    """
    if name == "price":
        return _prices([Decimal(row.part.price) for row in rows])
    value_of = _reader(name)
    values = [value for row in rows if (value := value_of(row)) is not None]
    found = _counted(values)
    chosen = _chosen(name, wanted, shop)
    listed = found[:SHOWN_VALUES] + [entry for entry in found[SHOWN_VALUES:] if entry[0].group in chosen]
    missing = [value for group, value in chosen.items() if group not in {value.group for value, _ in found}]
    if name not in ("mark", "model"):
        # Two readings of one text in a query string are one choice.
        missing = missing[:1] if len(missing) == len(chosen) else []
    listed += [(value, 0) for value in missing]
    listed.sort(key=_place)
    return {
        "values": [{"value": value.value, "label": value.label, "count": written(count)} for value, count in listed],
        "others": written(sum(entry not in listed for entry in found)),
    }


def _counted(values: list[Value]) -> list[tuple[Value, int]]:
    """Return each value once with the number of parts that have it, the most frequent one first."""
    groups: dict[Hashable, list[Value]] = {}
    for value in values:
        groups.setdefault(value.group, []).append(value)
    return sorted(
        ((min(members, key=lambda value: value.label), len(members)) for members in groups.values()), key=_place
    )


def _place(entry: tuple[Value, int]) -> tuple[Any, ...]:
    value, count = entry
    number = value.group if isinstance(value.group, int) else 0
    return -count, value.label, not isinstance(value.group, str), number


def _reader(name: str) -> Callable[[Row], Value | None]:
    readers: dict[str, Callable[[Row], Value | None]] = {
        "mark": lambda row: _mark(row.mark),
        "model": lambda row: _model(row.model),
        "country": lambda row: _text(row.mark.producer_country_name),
        "name": lambda row: _text(row.part.name),
        "color": lambda row: _attribute(row, "color", str),
        "is_new_part": lambda row: _attribute(row, "is_new_part", bool),
    }
    return readers.get(name) or (lambda row: _attribute(row, name.removeprefix("params."), str | bool | Decimal))


def _mark(mark: Mark) -> Value:
    return Value(mark.id, written(mark.id), mark.name)


def _model(model: Model) -> Value:
    return Value(model.id, written(model.id), model.name)


def _text(text: str) -> Value | None:
    return Value(as_compared(text), text, text) if 0 < len(as_compared(text)) <= _LONGEST else None


def _attribute(row: Row, key: str, kind: type | UnionType) -> Value | None:
    content = read_json(row.part.json_data, Decimal).get(key)
    return _scalar(content) if isinstance(content, kind) else None


def _scalar(content: object, *, is_chosen: bool = False) -> Value | None:
    if isinstance(content, bool):
        return Value(("boolean", content), content, str(content).lower())
    if isinstance(content, str):
        text = as_compared(content)
        return Value(text, text, text if is_chosen else content) if 0 < len(text) <= _LONGEST else None
    assert isinstance(content, int | Decimal)
    number = Amount(Fraction(content))
    return Value(number, number, format(Decimal(content), "f"))


def _chosen(name: str, wanted: Search, shop: Shop) -> dict[Hashable, Value]:
    """Return the values that the search chooses and that a part could have."""
    values: list[Value | None]
    if name == "mark":
        values = [_mark(mark) for mark in shop.visible_marks if mark.id in wanted.get("mark_list", [])]
    elif name == "model":
        values = [_model(model) for model in shop.visible_models if model.id in wanted.get("model_list", [])]
    elif name == "country":
        country = as_compared(wanted.get("producer_country_name", ""))
        spellings = sorted((mark.producer_country_name for mark in shop.visible_marks), reverse=True)
        values = [_text(text) for text in spellings if as_compared(text) == country]
    elif name in ("name", "price"):
        values = []
    else:
        content = wanted.get("params", {}).get(name.removeprefix("params."))
        readings = content.readings if isinstance(content, Either) else (content,)
        values = [_scalar(item, is_chosen=True) for item in readings if not is_blank(item) and _can_have(name, item)]
    return {value.group: value for value in values if value is not None}


def _can_have(name: str, content: object) -> bool:
    kinds: dict[str, type] = {"color": str, "is_new_part": bool}
    return isinstance(content, kinds.get(name, object))


def _prices(prices: list[Decimal]) -> dict[str, Any]:
    if not prices:
        return {"min": None, "max": None, "buckets": []}
    bounds = [Decimal(0), *(Decimal(digit) * 10**power for power in range(12) for digit in (1, 2, 5))]
    buckets = [
        {"from": written(start), "to": written(end), "count": written(sum(start <= price < end for price in prices))}
        for start, end in pairwise(bounds)
        if end > min(prices) and start <= max(prices)
    ]
    return {"min": written(min(prices)), "max": written(max(prices)), "buckets": buckets}
