"""The errors of the contract in the language of the page."""

from http import HTTPStatus

import pytest

from partsearch.contract.errors import ProblemCode, ProblemError, query_too_slow
from partsearch.contract.field_errors import FieldError, FieldErrorCode

OF_EXPORTS = {FieldErrorCode.DOES_NOT_FIT}
"""No page has the fields of an export that a search lacks."""

OF_JSON_ALONE = {
    FieldErrorCode.UNKNOWN_FIELD,
    FieldErrorCode.PARAMS_WITHOUT_KEY,
    FieldErrorCode.NOT_TEXT,
    FieldErrorCode.NOT_LIST,
    FieldErrorCode.NOT_OBJECT,
    FieldErrorCode.NOT_BOOLEAN,
}
"""The page leaves out unknown fields, ``highlight`` and a ``params`` without a key, and everything in a query string is
a text."""


def test_every_code_that_an_address_can_cause_has_a_message() -> None:
    from partsearch.django_service.pages.error_messages import FIELD_MESSAGES, PROBLEM_MESSAGES

    assert set(FIELD_MESSAGES) == set(FieldErrorCode) - OF_JSON_ALONE - OF_EXPORTS
    assert set(PROBLEM_MESSAGES) == set(ProblemCode)


def test_an_error_inside_a_list_belongs_to_the_field_of_the_list() -> None:
    from django.utils.translation import override

    from partsearch.django_service.pages.error_messages import form_errors

    errors = [
        FieldError("mark_list.1", FieldErrorCode.NOT_WHOLE_NUMBER),
        FieldError("mark_list.2", FieldErrorCode.NOT_NUMBER),
        FieldError("page", FieldErrorCode.OUT_OF_RANGE, {"minimum": 1, "maximum": 9}),
    ]
    with override("en"):
        found = form_errors(errors, ["mark_list"])
    assert found.in_form == {"mark_list": "Enter a whole number."}
    assert found.others == (("page", "Enter a number from 1 to 9."),)


@pytest.mark.parametrize(
    ("problem", "cause", "advice"),
    [
        (query_too_slow(2.5), "Поиск длился дольше 2.5 с и был остановлен.", True),
        (ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "Wait."), "Сервис сейчас не может ответить.", False),
    ],
)
def test_a_problem_is_in_the_language_of_the_page(problem: ProblemError, cause: str, *, advice: bool) -> None:
    from django.utils.translation import override

    from partsearch.django_service.pages.error_messages import problem_notice

    with override("ru"):
        message = problem_notice(problem)
    assert (message.cause, bool(message.advice)) == (cause, advice)
