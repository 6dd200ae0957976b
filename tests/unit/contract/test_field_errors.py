"""The errors of fields as data: each code has one message, and an error carries the parameters of that message."""

import json
from string import Formatter

import pytest

from partsearch.contract.errors import ProblemError
from partsearch.contract.field_errors import MESSAGES, FieldError, FieldErrorCode
from partsearch.contract.request.export import check_fits, export_from_query
from partsearch.contract.request.reading import check_no_fields, mark_id_from_query, search_from_body, search_from_query

BODIES = [
    *('{"x": 1}', '{"part_name": 1}', '{"price_gte": "a"}', '{"page": 1.5}', '{"mark_list": {}}', '{"params": []}'),
    *('{"params": {"a": []}}', '{"page": 0}', '{"price_lte": 1e20}', '{"params": {"a": 1e200}}'),
    *('{"params": {"a": 1e-500}}', json.dumps({"part_name": "a" * 201}), json.dumps({"params": {"a" * 201: 1}})),
    '{"highlight": 1}',
    *(json.dumps({"params": {"a": "a" * 201}}), json.dumps({"mark_list": [1] * 1001})),
    json.dumps({"params": {f"key{number}": 1 for number in range(21)}}),
]


def errors_of(body: str) -> tuple[FieldError, ...]:
    with pytest.raises(ProblemError) as raised:
        search_from_body(body.encode())
    return raised.value.errors


def parameters(code: FieldErrorCode) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}


def test_every_code_has_a_message_of_its_own() -> None:
    assert set(MESSAGES) == set(FieldErrorCode)
    assert len(set(MESSAGES.values())) == len(FieldErrorCode)


def test_an_error_carries_the_parameters_of_its_message() -> None:
    with pytest.raises(ProblemError) as of_query:
        search_from_query(b"page=1&page=2&params=1")
    with pytest.raises(ProblemError) as of_list:
        check_no_fields(b"a=1")
    with pytest.raises(ProblemError) as of_export:
        export_from_query(b"format=pdf")
    with pytest.raises(ProblemError) as of_size:
        check_fits(2_000_000, 1, 1)
    found = [
        *of_query.value.errors,
        *of_export.value.errors,
        *of_size.value.errors,
        *of_list.value.errors,
        *(error for body in BODIES for error in errors_of(body)),
    ]
    assert {error.code for error in found} == set(FieldErrorCode)
    for error in found:
        assert set(error.params) == parameters(error.code), error


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"page": 0}', FieldError("page", FieldErrorCode.OUT_OF_RANGE, {"minimum": 1, "maximum": 1_000_000})),
        ('{"mark_list": [1, true]}', FieldError("mark_list.1", FieldErrorCode.NOT_WHOLE_NUMBER)),
        ('{"x": null}', FieldError("x", FieldErrorCode.UNKNOWN_FIELD, {"request": "search"})),
    ],
)
def test_the_code_of_an_error(body: str, expected: FieldError) -> None:
    assert errors_of(body) == (expected,)


def test_the_code_of_an_invalid_mark_id() -> None:
    with pytest.raises(ProblemError) as raised:
        mark_id_from_query(b"mark_id=x")
    assert raised.value.errors == (FieldError("mark_id", FieldErrorCode.NOT_WHOLE_NUMBER),)
