"""``params`` as the database compares them."""

from dataclasses import dataclass
from decimal import Decimal

import orjson

from partsearch.contract.limits import TEXT_LENGTH
from partsearch.contract.text import normalize
from partsearch.contract.values import OneReading, ParamsValue, TwoReadings


@dataclass(frozen=True, slots=True)
class SplitParams:
    """``params`` by the way they are looked up.

    Colour and condition have columns of their own, with statistics and indexes.

    Attributes:
        color: a text.
        colors: two texts, of which either will do.
        is_new_part: a boolean.
        is_new_part_or_text: a boolean, or the text that writes it.
        others: a JSON object, as text, that the normalised ``json_data`` must contain.
        either: a jsonpath that the normalised ``json_data`` must meet: the keys whose value has two readings.
    """

    color: str | None = None
    colors: tuple[str, str] | None = None
    is_new_part: bool | None = None
    is_new_part_or_text: bool | None = None
    others: str | None = None
    either: str | None = None


_Column = str | tuple[str, str] | bool


def split_params(params: dict[str, ParamsValue]) -> SplitParams:
    """Return ``params`` with their texts normalised and their numbers exact."""
    columns: dict[str, _Column] = {}
    others: dict[str, object] = {}
    either: list[str] = []
    for key, value in params.items():
        column = _column(key, value)
        if column is not None:
            columns |= [column]
        elif isinstance(value, TwoReadings):
            either.append(_either(key, value))
        else:
            others[key] = _as_json(value)
    return SplitParams(
        **columns,  # type: ignore[arg-type]  # each column holds what _column gives for it
        others=orjson.dumps(others).decode() if others else None,
        either=f"strict {' && '.join(either)}" if either else None,
    )


def _column(key: str, value: ParamsValue) -> tuple[str, _Column] | None:
    """Return the column that tells whether ``key`` is ``value``, and what it must hold; None where no column does."""
    if key == "color":
        return _color_column(value)
    if key == "is_new_part" and isinstance(value, bool):
        return "is_new_part", value
    if key == "is_new_part" and isinstance(value, TwoReadings) and isinstance(value.as_json, bool):
        return "is_new_part_or_text", value.as_json
    return None


def _color_column(value: ParamsValue) -> tuple[str, _Column] | None:
    """Return as ``_column`` does. The column is cut behind what a search can send; NFKC makes few texts longer."""
    readings = (value.as_json, value.as_text) if isinstance(value, TwoReadings) else (value,)
    colors = [normalize(reading) for reading in readings if isinstance(reading, str)]
    if len(colors) < len(readings) or max(map(len, colors)) > TEXT_LENGTH:
        return None
    return ("colors", (colors[0], colors[1])) if len(colors) > 1 else ("color", colors[0])


def _either(key: str, value: TwoReadings) -> str:
    """Return the jsonpath predicate of one key: its value is either reading."""
    name = orjson.dumps(key).decode()
    readings = (orjson.dumps(_as_json(reading)).decode() for reading in (value.as_json, value.as_text))
    return "({})".format(" || ".join(f"$.{name} == {reading}" for reading in readings))


def _as_json(value: OneReading) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    return normalize(value) if isinstance(value, str) else value
