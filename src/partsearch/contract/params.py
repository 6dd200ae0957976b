"""``params`` as the database compares them."""

from dataclasses import dataclass
from decimal import Decimal

import orjson

from partsearch.contract.text import normalize
from partsearch.contract.values import ParamsValue


@dataclass(frozen=True, slots=True)
class SplitParams:
    """``params`` by the way they are looked up: colour and condition have columns of their own, with statistics and
    indexes; ``others`` is a JSON object, as text, that the normalised ``json_data`` must contain.
    """

    color: str | None = None
    is_new_part: bool | None = None
    others: str | None = None


def split_params(params: dict[str, ParamsValue]) -> SplitParams:
    """``params`` with their texts normalised and their numbers exact."""
    color: str | None = None
    is_new_part: bool | None = None
    others: dict[str, object] = {}
    for key, value in params.items():
        if key == "color" and isinstance(value, str):
            color = normalize(value)
        elif key == "is_new_part" and isinstance(value, bool):
            is_new_part = value
        else:
            others[key] = _as_json(value)
    return SplitParams(color, is_new_part, orjson.dumps(others).decode() if others else None)


def _as_json(value: ParamsValue) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    return normalize(value) if isinstance(value, str) else value
