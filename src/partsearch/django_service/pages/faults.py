"""The contract's words for what is wrong, in the words and the language of the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partsearch.contract.errors import FieldError, ProblemError

_FAULTS: tuple[tuple[str, Promise], ...] = (
    (r"is given more than once", _("This is given more than once: leave one.")),
    (r"must be a number", _("Write a number, for example 1500.")),
    (r"must be a whole number", _("Write a whole number.")),
    (r"must be at most (\S+) characters long", _("Too long: {0} characters at most.")),
    (r"must be between (\S+) and (\S+)", _("Write a number from {0} to {1}.")),
    (r"must be a text, a number, true or false", _("This must be a text, a number, true or false.")),
    (r"must have at most (\S+) decimals", _("Too many decimals: {0} at most.")),
    (r"must hold at most (\S+) items", _("Too many: {0} at most.")),
    (r"must hold at most (\S+) keys", _("Too many: {0} at most.")),
)
_PROBLEMS: tuple[tuple[str, Promise], ...] = (
    (
        r"The search took longer than (\S+) s and was stopped\..*",
        _("The search took longer than {0} s and was stopped."),
    ),
    (r"The query string is not UTF-8\.", _("The address of this page is damaged: it is not in UTF-8.")),
    (
        r"A text holds a NUL.*",
        _("The address of this page is damaged: it holds a character that no text has."),
    ),
    (r"The database is out of reach\.", _("The catalogue is out of reach at the moment.")),
    (r".*", _("The service cannot answer at the moment.")),
)
_ADVICE: dict[HTTPStatus, Promise] = {
    HTTPStatus.BAD_REQUEST: _("Begin a new search."),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Your search is kept in the address: try again in a minute."),
}


def _translated(text: str, translations: Sequence[tuple[str, Promise]]) -> str:
    """``text`` in the active language; as it is where it is none of those foreseen."""
    for pattern, translation in translations:
        if match := re.fullmatch(pattern, text):
            return str(translation).format(*match.groups())
    return text


@dataclass(frozen=True)
class ShownProblem:
    """Why there is no result: in a sentence, with what to do about it; both empty where fields alone are at fault."""

    status: HTTPStatus
    cause: str
    advice: str


def shown_problem(problem: ProblemError) -> ShownProblem:
    """``problem`` for people to read."""
    advice = _ADVICE.get(problem.status)
    return ShownProblem(problem.status, _translated(problem.detail, _PROBLEMS), str(advice) if advice else "")


@dataclass(frozen=True)
class Faults:
    """What is wrong with the fields of a search: a text for each field of the form, and the rest beside it."""

    by_field: dict[str, str] = field(default_factory=dict)
    elsewhere: tuple[tuple[str, str], ...] = ()


def shown_faults(errors: Sequence[FieldError], form_fields: Sequence[str]) -> Faults:
    """The faults for people to read; a fault inside a list belongs to the field that holds the list."""
    by_field: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for error in errors:
        name, _, position = error.field.rpartition(".")
        place = name if position.isdecimal() and name in form_fields else error.field
        target = by_field if place in form_fields else elsewhere
        target.setdefault(place, _translated(error.message, _FAULTS))
    return Faults(by_field, tuple(elsewhere.items()))
