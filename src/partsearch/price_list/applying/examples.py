"""Examples of what an import changes: ten of each kind, and the ten largest moves of prices."""

from collections.abc import Iterator
from typing import Any

import orjson

from partsearch.price_list.applying.statements import rows
from partsearch.price_list.changes import ChangeKind, Example, PriceMoves

_MOST = 10
_LONGEST = 200


def example_changes() -> list[Example]:
    """Return examples of new, changed, hidden and shown parts."""
    new = [Example(ChangeKind.NEW, *row) for row in rows("examples_of_new", most=_MOST)]
    changed = [_changed(row) for row in rows("examples_of_changed", most=_MOST)]
    hidden = rows("examples_of_visibility", most=_MOST, is_hiding=True)
    shown = rows("examples_of_visibility", most=_MOST, is_hiding=False)
    return [
        *new,
        *changed,
        *(Example(ChangeKind.HIDDEN, *row) for row in hidden),
        *(Example(ChangeKind.SHOWN, *row) for row in shown),
    ]


def price_moves() -> tuple[PriceMoves, int]:
    """Return the moves of prices, and how many of them are tenfold or more."""
    up, down, leaps = rows("count_price_moves")[0]
    largest = [
        Example(
            ChangeKind.CHANGED, number, mark, model, name, price, before, (("price", str(before), str(price)),)
        )
        for number, mark, model, name, price, before in rows("largest_price_moves", most=_MOST)
    ]  # fmt: skip
    return PriceMoves(up, down, largest), leaps


def _changed(row: tuple[Any, ...]) -> Example:
    number, mark, model, name, price, json_data, *before, is_other_mark, is_other_model = row
    mark_before, model_before, name_before, price_before, json_before = before
    fields = []
    if is_other_mark:
        fields.append(("mark", mark_before, mark))
    if is_other_model:
        fields.append(("model", model_before, model))
    if name != name_before:
        fields.append(("name", name_before, name))
    if price != price_before:
        fields.append(("price", str(price_before), str(price)))
    fields += _differences(orjson.loads(json_before), orjson.loads(json_data))
    return Example(ChangeKind.CHANGED, number, mark, model, name, price, price_before, fields)


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, _text(before.get(key)), _text(after.get(key))


def _text(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
