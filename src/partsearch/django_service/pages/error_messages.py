"""The errors of the contract as sentences in the language of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from partsearch.contract.errors import ProblemCode, ProblemError
from partsearch.contract.field_errors import FieldError, FieldErrorCode

_TOO_MANY = gettext_lazy("Too many: {maximum} at most.")
FIELD_MESSAGES: Mapping[FieldErrorCode, Promise] = {
    FieldErrorCode.REPEATED: gettext_lazy("This is given more than once: keep one value."),
    FieldErrorCode.NOT_NUMBER: gettext_lazy("Enter a number, for example 1500."),
    FieldErrorCode.NOT_WHOLE_NUMBER: gettext_lazy("Enter a whole number."),
    FieldErrorCode.TEXT_TOO_LONG: gettext_lazy("Too long: {maximum} characters at most."),
    FieldErrorCode.OUT_OF_RANGE: gettext_lazy("Enter a number from {minimum} to {maximum}."),
    FieldErrorCode.NOT_PARAMS_VALUE: gettext_lazy("This must be a text, a number, true or false."),
    FieldErrorCode.NOT_A_CHOICE: gettext_lazy("This must be one of these: {choices}."),
    FieldErrorCode.TOO_MANY_DECIMALS: gettext_lazy("Too many decimals: {maximum} at most."),
    FieldErrorCode.TOO_MANY_ITEMS: _TOO_MANY,
    FieldErrorCode.TOO_MANY_KEYS: _TOO_MANY,
}
"""The message for each code. The codes without one cannot come from the address of a page, but from JSON alone."""

PROBLEM_MESSAGES: Mapping[ProblemCode, Promise] = {
    ProblemCode.QUERY_TOO_SLOW: gettext_lazy("The search took longer than {seconds} s and was stopped."),
    ProblemCode.NOT_UTF8: gettext_lazy("The address of this page is damaged: it is not in UTF-8."),
    ProblemCode.UNSTORABLE_TEXT: gettext_lazy("The address of this page is damaged: it contains an invalid character."),
    ProblemCode.DATABASE_UNAVAILABLE: gettext_lazy("The catalogue is out of reach at the moment."),
    ProblemCode.OTHER: gettext_lazy("The service cannot answer at the moment."),
}
_ADVICE: Mapping[HTTPStatus, Promise] = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("Start a new search."),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("Your search is in the address of this page. Try again in a minute."),
}


@dataclass(frozen=True)
class ProblemNotice:
    """Why there is no result, and what the user can do about it; ``advice`` may be empty."""

    status: HTTPStatus
    cause: str
    advice: str


def problem_notice(problem: ProblemError) -> ProblemNotice:
    """Return the notice for ``problem`` in the active language."""
    cause = str(PROBLEM_MESSAGES[problem.code]).format(**problem.params)
    return ProblemNotice(problem.status, cause, str(_ADVICE.get(problem.status, "")))


@dataclass(frozen=True)
class FormErrors:
    """The messages for the fields of a search.

    Attributes:
        in_form: the message for a field of the form, by its name.
        others: the names of the other fields and their messages.
    """

    in_form: dict[str, str] = field(default_factory=dict)
    others: tuple[tuple[str, str], ...] = ()


def form_errors(errors: Sequence[FieldError], form_fields: Sequence[str]) -> FormErrors:
    """Return the first message for each field in the active language.

    An error inside a list counts as one of the field that holds the list.
    """
    in_form: dict[str, str] = {}
    others: dict[str, str] = {}
    for error in errors:
        name = _field_name(error, form_fields)
        target = in_form if name in form_fields else others
        target.setdefault(name, _field_message(error))
    return FormErrors(in_form, tuple(others.items()))


def _field_name(error: FieldError, form_fields: Sequence[str]) -> str:
    name, _, position = error.field.rpartition(".")
    return name if position.isdecimal() and name in form_fields else error.field


def _field_message(error: FieldError) -> str:
    message = FIELD_MESSAGES.get(error.code)
    return str(message).format(**error.params) if message else error.message
