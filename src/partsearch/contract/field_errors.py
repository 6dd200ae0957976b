"""The error of one field of a request: a code, its parameters, and the English message that they make."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class FieldErrorCode(StrEnum):
    """What is wrong with a field. Programs read the code, people read the message that stands for it below."""

    UNKNOWN_FIELD = "unknown_field"
    REPEATED = "repeated"
    PARAMS_WITHOUT_KEY = "params_without_key"
    NOT_TEXT = "not_text"
    NOT_NUMBER = "not_number"
    NOT_WHOLE_NUMBER = "not_whole_number"
    NOT_BOOLEAN = "not_boolean"
    NOT_LIST = "not_list"
    NOT_OBJECT = "not_object"
    NOT_PARAMS_VALUE = "not_params_value"
    OUT_OF_RANGE = "out_of_range"
    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_MANY_ITEMS = "too_many_items"
    TOO_MANY_KEYS = "too_many_keys"
    NOT_A_CHOICE = "not_a_choice"
    DOES_NOT_FIT = "does_not_fit"


MESSAGES = {
    FieldErrorCode.UNKNOWN_FIELD: "is not a field of the {request}",
    FieldErrorCode.REPEATED: "is given more than once",
    FieldErrorCode.PARAMS_WITHOUT_KEY: "is given as params.KEY=VALUE in a query string",
    FieldErrorCode.NOT_TEXT: "must be a text",
    FieldErrorCode.NOT_NUMBER: "must be a number",
    FieldErrorCode.NOT_WHOLE_NUMBER: "must be a whole number",
    FieldErrorCode.NOT_BOOLEAN: "must be true or false",
    FieldErrorCode.NOT_LIST: "must be a list of {items}",
    FieldErrorCode.NOT_OBJECT: "must be an object",
    FieldErrorCode.NOT_PARAMS_VALUE: "must be a text, a number, true or false",
    FieldErrorCode.OUT_OF_RANGE: "must be between {minimum} and {maximum}",
    FieldErrorCode.TEXT_TOO_LONG: "must be at most {maximum} characters long",
    FieldErrorCode.TOO_MANY_DECIMALS: "must have at most {maximum} decimals",
    FieldErrorCode.TOO_MANY_ITEMS: "must hold at most {maximum} items",
    FieldErrorCode.TOO_MANY_KEYS: "must hold at most {maximum} keys",
    FieldErrorCode.NOT_A_CHOICE: "must be one of: {choices}",
    FieldErrorCode.DOES_NOT_FIT: "cannot hold the result: {reason}; use csv or jsonl",
}
"""The message of each code; in braces the parameters that an error with this code carries."""


@dataclasses.dataclass(frozen=True)
class FieldError:
    """One thing that is wrong with one field.

    Attributes:
        field: the name of the field, dotted where the error is inside it: ``mark_list.1``, ``params.color``.
        code: what is wrong.
        params: the parameters of the code's message, such as ``{"maximum": 200}``.
    """

    field: str
    code: FieldErrorCode
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return the message in English, as the API answers it."""
        return MESSAGES[self.code].format_map(self.params)
