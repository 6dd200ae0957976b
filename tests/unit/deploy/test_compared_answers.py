"""The smoke test takes an answer for equal that the old release could have given while the catalog changed."""

import json
from typing import Any

import pytest

from partsearch.deploy.canary.compared_answers import agrees, difference
from partsearch.deploy.canary.service_client import ServiceResponse


def response(count: Any, summ: Any, *ids: int, status: int = 200) -> ServiceResponse:
    body = {"response": [{"id": id_, "name": "Фара"} for id_ in ids], "count": count, "summ": summ}
    return ServiceResponse(status, json.dumps(body).encode())


BEFORE, AFTER = response(10, 100.5, 1, 2), response(13, 99.25, 1, 3)


@pytest.mark.parametrize(
    "found",
    [BEFORE, AFTER, response(10, 100.5, 1, 3), response(13, 99.25, 1, 2), response(11, 100, 1, 2)],
)
def test_an_answer_between_two_of_a_changing_catalog_agrees(found: ServiceResponse) -> None:
    assert agrees(found, BEFORE, AFTER)
    assert agrees(found, AFTER, BEFORE)


@pytest.mark.parametrize(
    "found",
    [
        response(14, 100, 1, 2),
        response(9, 100, 1, 2),
        response(11, 100.51, 1, 2),
        response(11, 99.24, 1, 2),
        response(11, 100, 1, 4),
        response(11, 100, 1, 2, status=500),
        response("11", 100, 1, 2),
        response(None, 100, 1, 2),
        ServiceResponse(200, b"[]"),
        ServiceResponse(200, b'{"response": [7], "count": 11, "summ": 100}'),
        ServiceResponse(200, b"<html>"),
        ServiceResponse(0, b"Connection refused"),
    ],
)
def test_another_answer_does_not(found: ServiceResponse) -> None:
    assert not agrees(found, BEFORE, AFTER)


def test_while_nothing_changes_only_the_same_answer_agrees() -> None:
    assert agrees(BEFORE, BEFORE, BEFORE)
    assert not agrees(response(10, 100.5, 2, 1), BEFORE, BEFORE)


def test_the_difference_names_what_differs() -> None:
    assert difference(response(11, 100.5, 1, 2), BEFORE) == "count 11 instead of 10"
    assert difference(response(10, 7, 1), BEFORE) == "summ 7 instead of 100.5, parts [1] instead of [1, 2]"
    assert difference(ServiceResponse(500, b"no"), BEFORE).startswith("status 500, no instead of status 200, {")
    assert "other contents" in difference(BEFORE, ServiceResponse(200, BEFORE.body.replace(b'"name"', b'"title"')))
