"""The search object: its fields and what each of them means, as both services check and document them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partsearch.contract import limits, values
from partsearch.contract.errors import FieldError, wrong_fields


@dataclass(frozen=True, slots=True)
class Search:
    """What a client looks for: every field checked, trimmed, and ``None`` where it filters nothing.

    ``mark_list`` and ``model_list`` match nothing when empty. ``params`` maps keys of ``json_data`` to texts,
    booleans and exact numbers, from a query string to two readings. Prices are in whole cents, both bounds inclusive.
    """

    mark_name: str | None = None
    mark_list: tuple[int, ...] | None = None
    model_name: str | None = None
    model_list: tuple[int, ...] | None = None
    part_name: str | None = None
    producer_country_name: str | None = None
    params: dict[str, values.ParamsValue] = field(default_factory=dict)
    price_gte: Decimal | None = None
    price_lte: Decimal | None = None
    page: int = 1

    @property
    def offset(self) -> int:
        """How many matching parts come before the page."""
        return (self.page - 1) * limits.PARTS_PER_PAGE


@dataclass(frozen=True)
class SearchField:
    """One field of the search object.

    ``read`` turns its JSON value into the value of the same name in ``Search``; ``schema`` is its JSON Schema.
    """

    read: Callable[[object], Any]
    schema: dict[str, Any]
    description: str
    example: Any


TEXT_SCHEMA = {"type": "string", "maxLength": limits.TEXT_LENGTH, "pattern": r"^[^\u0000]*$"}
"""The JSON Schema of a text: PostgreSQL holds no NUL character."""

_IDS = {"type": "array", "items": {"type": "integer"}, "maxItems": limits.LIST_ITEMS}
_PRICE = {"type": "number", "minimum": 0, "maximum": float(limits.PRICE_MAXIMUM)}
_PAGE = {"type": "integer", "minimum": 1, "maximum": limits.PAGE_MAXIMUM, "default": 1}
_PARAMS_NUMBER = float(limits.PARAMS_NUMBER_MAXIMUM)
_PARAMS = {
    "type": "object",
    "maxProperties": limits.PARAMS_KEYS,
    "propertyNames": TEXT_SCHEMA,
    "additionalProperties": {
        "anyOf": [
            TEXT_SCHEMA,
            {"type": "number", "minimum": -_PARAMS_NUMBER, "maximum": _PARAMS_NUMBER},
            {"type": "boolean"},
            {"type": "null"},
        ]
    },
}

FIELDS: dict[str, SearchField] = {
    "mark_name": SearchField(values.text, TEXT_SCHEMA, "Part of the mark's name.", "honda"),
    "mark_list": SearchField(values.ids, _IDS, "Ids of marks. An empty list matches nothing.", [1, 3]),
    "model_name": SearchField(values.text, TEXT_SCHEMA, "Part of the model's name.", "accord"),
    "model_list": SearchField(values.ids, _IDS, "Ids of models. An empty list matches nothing.", [2]),
    "part_name": SearchField(
        values.text, TEXT_SCHEMA, "Part of the part's name: `бамп` finds `Бампер передний`.", "бамп"
    ),
    "producer_country_name": SearchField(
        values.text, TEXT_SCHEMA, "The whole name of the country that the mark comes from.", "Япония"
    ),
    "params": SearchField(
        values.params,
        _PARAMS,
        "Each key must equal the same key of `json_data`: texts as text is compared everywhere, numbers by value, "
        'and `true` equals neither `1` nor `"true"`.',
        {"is_new_part": False, "color": "белый"},
    ),
    "price_gte": SearchField(values.lowest_price, _PRICE, "The lowest price, inclusive.", 2000),
    "price_lte": SearchField(values.highest_price, _PRICE, "The highest price, inclusive.", 5000),
    "page": SearchField(values.page, _PAGE, "The page, ten parts each, from 1.", 1),
}


def read_search(fields: dict[str, Any], known_faults: Sequence[FieldError] = ()) -> Search:
    """The search that a client's object asks for.

    Args:
        fields: the object as read from JSON, its numbers ``int`` or ``Decimal``.
        known_faults: what is known to be wrong before any value is looked at; named with the rest.

    Raises:
        ProblemError: 422, naming every field that is unknown or wrong.
    """
    wanted: dict[str, Any] = {}
    collector = values.FaultCollector(known_faults)
    for name, value in fields.items():
        known = FIELDS.get(name)
        with collector.at(name[: limits.TEXT_LENGTH]):
            if known is None:
                raise values.unknown_field()
            if not values.is_blank(value):
                wanted[name] = known.read(value)
    if collector.faults:
        raise wrong_fields(collector.faults)
    return Search(**wanted)
