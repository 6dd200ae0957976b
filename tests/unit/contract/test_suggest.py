"""The request and the answer of ``/suggest/``; the id and the times of ``/part/17/``."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from partsearch.contract.answer.rendering import time_text
from partsearch.contract.errors import ProblemError
from partsearch.contract.request.reading import part_id_from_path
from partsearch.contract.request.suggest import (
    Suggestion,
    SuggestionKind,
    SuggestRequest,
    suggest_from_query,
    suggestions_answer,
)


@pytest.mark.parametrize(
    ("query", "request_"),
    [
        ("", SuggestRequest()),
        ("q=", SuggestRequest()),
        ("q=%E2%80%8B&limit=", SuggestRequest()),
        ("q=+ба+&limit=20", SuggestRequest("ба", 20)),
        ("limit=1.0", SuggestRequest(None, 1)),
    ],
)
def test_the_request_is_read(query: str, request_: SuggestRequest) -> None:
    assert suggest_from_query(quote(query, safe="=&%+").encode()) == request_


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("limit=0", {"limit": "must be between 1 and 20"}),
        ("limit=21", {"limit": "must be between 1 and 20"}),
        ("limit=1e999999", {"limit": "must be between 1 and 20"}),
        ("limit=1.5", {"limit": "must be a whole number"}),
        ("limit=1e-999999", {"limit": "must be a whole number"}),
        ("limit=x", {"limit": "must be a whole number"}),
        ("q=" + "a" * 201, {"q": "must be at most 200 characters long"}),
        ("q=a&q=b&page=1", {"q": "is given more than once", "page": "is not a field of the suggestions"}),
    ],
)
def test_every_error_is_named(query: str, errors: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as raised:
        suggest_from_query(query.encode())
    assert {error.field: error.message for error in raised.value.errors} == errors


def test_the_answer() -> None:
    suggestion = Suggestion(SuggestionKind.NAME, "Бампер", 4, {"part_name": "бампер"})
    assert suggestions_answer([suggestion]).decode() == (
        '{"suggestions":[{"kind":"name","text":"Бампер","count":4,"search":{"part_name":"бампер"}}]}'
    )


def test_the_id_of_a_part() -> None:
    assert part_id_from_path("17") == 17
    assert part_id_from_path("9223372036854775807") == 2**63 - 1
    for written in ("0", "-1", "017", "1.0", "x", "", "٣", "9223372036854775808", "1" * 500):
        assert part_id_from_path(written) is None


def test_times_are_in_utc_to_the_microsecond() -> None:
    moscow = timezone(timedelta(hours=3))
    assert time_text(datetime(2026, 11, 27, 5, 0, tzinfo=moscow)) == "2026-11-27T02:00:00.000000Z"
    assert time_text(datetime(2026, 11, 27, 2, 0, 0, 123456, UTC)) == "2026-11-27T02:00:00.123456Z"
