"""A random part, with the mark and the model of its car."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

JsonData = dict[str, str | int | bool]


@dataclass(frozen=True)
class GeneratedModel:
    """A model and its production years."""

    name: str
    first_year: int
    last_year: int
    is_visible: bool = True


@dataclass(frozen=True)
class GeneratedMark:
    """A mark, its models, and the prices of its parts relative to an average mark."""

    name: str
    country: str
    price_factor: float
    models: tuple[GeneratedModel, ...]
    is_visible: bool = True


class GeneratedPart(NamedTuple):
    """A part of a generated catalog."""

    mark: GeneratedMark
    model: GeneratedModel
    name: str
    price: Decimal
    json_data: JsonData
    is_visible: bool
