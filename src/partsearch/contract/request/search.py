"""The search object: its fields, checked by Pydantic, and what each of them means in the OpenAPI document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from partsearch.contract import limits
from partsearch.contract.errors import invalid_fields
from partsearch.contract.field_errors import FieldError, FieldErrorCode
from partsearch.contract.request.values import (
    Facets,
    Flag,
    HighestPrice,
    Ids,
    LowestPrice,
    Page,
    Params,
    PerPage,
    Sort,
    SortOrder,
    Text,
    is_blank,
)


class Search(BaseModel):
    """What a client searches for: every field checked, trimmed, and ``None`` where it filters nothing.

    ``mark_list`` and ``model_list`` match nothing when empty. ``params`` maps keys of ``json_data`` to texts,
    booleans and exact numbers; from a query string also to two readings. Prices are in whole cents, both bounds
    inclusive.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mark_name: Text | None = Field(None, description="Part of the mark's name.", examples=["honda"])
    mark_list: Ids | None = Field(None, description="Ids of marks. An empty list matches nothing.", examples=[[1, 3]])
    model_name: Text | None = Field(None, description="Part of the model's name.", examples=["accord"])
    model_list: Ids | None = Field(None, description="Ids of models. An empty list matches nothing.", examples=[[2]])
    part_name: Text | None = Field(
        None, description="Part of the part's name: `бамп` finds `Бампер передний`.", examples=["бамп"]
    )
    producer_country_name: Text | None = Field(
        None, description="The whole name of the country that the mark comes from.", examples=["Япония"]
    )
    params: Params = Field(
        default_factory=dict,
        description="Each key must equal the same key of `json_data`: texts as text is compared everywhere, numbers by "
        'value, and `true` equals neither `1` nor `"true"`.',
        examples=[{"is_new_part": False, "color": "белый"}],
    )
    price_gte: LowestPrice | None = Field(None, description="The lowest price, inclusive.", examples=[2000])
    price_lte: HighestPrice | None = Field(None, description="The highest price, inclusive.", examples=[5000])
    page: Page = Field(1, description="The page, from 1; `per_page` parts each.", examples=[1])
    q: Text | None = Field(
        None,
        description="What a person typed into one box: names, marks, models, numbers, colours, conditions, in any "
        "order, with mistakes.",
        examples=["бапмер хонда перед"],
    )
    sort: Sort | None = Field(
        None, description="The order; `id` if absent, with `q` it is `relevance`. Ties by id.", examples=["price"]
    )
    facets: Facets = Field(
        default=(),
        description="What to count over all filters but the facet's own: `mark`, `model`, `country`, `name`, `price`, "
        "`color`, `is_new_part`, `params.<key>`.",
        examples=[["mark", "price"]],
    )
    highlight: Flag = Field(
        default=False, description="Whether each part says which characters of its name `q` found.", examples=[True]
    )
    per_page: PerPage = Field(limits.PARTS_PER_PAGE, description="How many parts a page has.", examples=[20])

    @model_validator(mode="before")
    @classmethod
    def _without_blank(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Return ``fields`` without those that mean no filter; an unknown field is an error even then."""
        return {name: value for name, value in fields.items() if name not in FIELDS or not is_blank(value)}

    @property
    def offset(self) -> int:
        """How many matching parts come before the page."""
        return (self.page - 1) * self.per_page

    @property
    def has_q_alone(self) -> bool:
        """Whether ``q`` is the only filter, so that it alone decides whether something is found."""
        others = (name for name in FIELDS if name not in (*OF_ONE_PAGE, "q", "params"))
        return self.q is not None and not self.params and all(getattr(self, name) is None for name in others)

    @property
    def order(self) -> SortOrder:
        """The order of the answer."""
        return self.sort or (SortOrder.ID if self.q is None else SortOrder.RELEVANCE)


@dataclass(frozen=True)
class SearchField:
    """One field of the search object, as the OpenAPI document describes it; ``schema`` is its JSON Schema."""

    schema: dict[str, Any]
    description: str
    example: Any


def _search_field(described: dict[str, Any]) -> SearchField:
    """Return the field that Pydantic's JSON Schema describes, without the null that stands for its absence."""
    description, (example,) = described.pop("description"), described.pop("examples")
    schema = described.get("anyOf", [described])[0]
    schema.pop("title", None)
    return SearchField(schema, description, example)


FIELDS = {name: _search_field(described) for name, described in Search.model_json_schema()["properties"].items()}
"""The fields of the search object by name."""

OF_ONE_PAGE = ("page", "per_page", "sort", "facets", "highlight")
"""Fields that say what of the result is wanted, and how. An export is all of it, in the order of ids."""

_RANGES: dict[str, Mapping[str, object]] = {
    "price_gte": {"minimum": 0, "maximum": limits.PRICE_MAXIMUM},
    "price_lte": {"minimum": 0, "maximum": limits.PRICE_MAXIMUM},
    "page": {"minimum": 1, "maximum": limits.PAGE_MAXIMUM},
    "per_page": {"minimum": 1, "maximum": limits.PARTS_PER_PAGE_MAXIMUM},
}
"""Both bounds of a field; Pydantic names only the one that a value is beyond."""

_CODES = {
    "string_type": FieldErrorCode.NOT_TEXT,
    "dict_type": FieldErrorCode.NOT_OBJECT,
}
"""The code for each type of error that Pydantic finds by itself and that has no parameters."""


def read_search(fields: dict[str, Any], known_errors: Sequence[FieldError] = ()) -> Search:
    """Return the search that a client's object asks for.

    Args:
        fields: the object as read from JSON, its numbers ``int`` or ``Decimal``.
        known_errors: errors found before; they are named before the others.

    Raises:
        ProblemError: 422, with every field that is unknown or invalid.
    """
    try:
        search = Search.model_validate(fields)
    except ValidationError as invalid:
        raise invalid_fields([*known_errors, *_field_errors(invalid, fields)]) from None
    if known_errors:
        raise invalid_fields(known_errors)
    return search


def _field_errors(invalid: ValidationError, fields: dict[str, Any]) -> list[FieldError]:
    """Return the errors that Pydantic found in ``fields``: one for each place, in the order of the fields."""
    position = {name: number for number, name in enumerate(fields)}
    details = invalid.errors(include_url=False, include_input=False)
    errors: dict[tuple[int | str, ...], FieldError] = {}
    for detail in sorted(details, key=lambda detail: position[str(detail["loc"][0])]):
        place = detail["loc"]
        if place[0] == "params":
            place = place[:2]  # An error of the key itself has "[key]" behind the key.
        errors.setdefault(place, _field_error(place, detail))
    return list(errors.values())


def _field_error(place: tuple[int | str, ...], detail: ErrorDetails) -> FieldError:
    field, *inside = (str(name)[: limits.TEXT_LENGTH] for name in place)
    code, params = _code_and_params(field, detail["type"], detail.get("ctx", {}))
    return FieldError(".".join([field, *filter(None, inside)]), code, params)


def _code_and_params(field: str, kind: str, context: dict[str, Any]) -> tuple[FieldErrorCode, Mapping[str, object]]:
    """Return the code and the parameters for an error of Pydantic's type ``kind``, or of a validator in values.py."""
    match kind:
        case "extra_forbidden":
            return FieldErrorCode.UNKNOWN_FIELD, {"request": "search"}
        case "greater_than_equal" | "less_than_equal":
            return FieldErrorCode.OUT_OF_RANGE, _RANGES[field]
        case "string_too_long":
            return FieldErrorCode.TEXT_TOO_LONG, {"maximum": context["max_length"]}
        case "too_long":
            code = FieldErrorCode.TOO_MANY_KEYS if field == "params" else FieldErrorCode.TOO_MANY_ITEMS
            return code, {"maximum": context["max_length"]}
    if kind == "tuple_type":
        return FieldErrorCode.NOT_LIST, {"items": "texts" if field == "facets" else "whole numbers"}
    return _CODES.get(kind) or FieldErrorCode(kind), context
