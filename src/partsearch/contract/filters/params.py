"""Splits ``params`` into what the database compares in different ways."""

from dataclasses import dataclass
from decimal import Decimal

import orjson

from partsearch.contract.limits import TEXT_LENGTH
from partsearch.contract.request.values import ParamsScalar, ParamsValue, TwoReadings
from partsearch.contract.text.normalized import normalize


@dataclass(frozen=True, slots=True)
class SplitParams:
    """``params`` by the way the database compares them.

    Colour and condition have their own columns, with statistics and indexes.

    Attributes:
        color: the text that the colour must equal.
        colors: two texts, one of which the colour must equal.
        is_new_part: the boolean that the condition must equal.
        is_new_part_or_text: the same, but the text ``true`` or ``false`` matches too.
        others: a JSON object, as text, that the normalised ``json_data`` must contain.
        either: a jsonpath that the normalised ``json_data`` must match, for the keys whose value has two readings.
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
            others[key] = as_json(value)
    return SplitParams(
        **columns,  # type: ignore[arg-type]  # each column holds what _column gives for it
        others=orjson.dumps(others).decode() if others else None,
        either=f"strict {' && '.join(either)}" if either else None,
    )


def _column(key: str, value: ParamsValue) -> tuple[str, _Column] | None:
    """Return the column that is compared for ``key`` and its value, or ``None`` if there is no such column."""
    if key == "color":
        return _color_column(value)
    if key == "is_new_part" and isinstance(value, bool):
        return "is_new_part", value
    if key == "is_new_part" and isinstance(value, TwoReadings) and isinstance(value.as_json, bool):
        return "is_new_part_or_text", value.as_json
    return None


def _color_column(value: ParamsValue) -> tuple[str, _Column] | None:
    """Return the column for a colour and its value, or ``None`` if no column can be compared.

    The column holds no more than the characters that a search can send. NFKC makes a few texts longer than that.
    """
    readings = (value.as_json, value.as_text) if isinstance(value, TwoReadings) else (value,)
    colors = [normalize(reading) for reading in readings if isinstance(reading, str)]
    if len(colors) < len(readings) or max(map(len, colors)) > TEXT_LENGTH:
        return None
    return ("colors", (colors[0], colors[1])) if len(colors) > 1 else ("color", colors[0])


def _either(key: str, value: TwoReadings) -> str:
    """Return the jsonpath predicate that the value of ``key`` equals one of its two readings."""
    name = orjson.dumps(key).decode()
    readings = (orjson.dumps(as_json(reading)).decode() for reading in (value.as_json, value.as_text))
    return "({})".format(" || ".join(f"$.{name} == {reading}" for reading in readings))


def as_json(value: ParamsScalar) -> object:
    """Return a value for ``orjson.dumps``: a text normalised, a number exact."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    return normalize(value) if isinstance(value, str) else value
