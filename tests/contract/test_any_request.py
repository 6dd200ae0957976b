"""No request breaks a service, and both services answer the same."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.service_client import Service, problem, search_result, to_json

pytestmark = pytest.mark.usefixtures("known_catalog")

Both = tuple[Service, Service]

FIELDS = ["mark_name", "mark_list", "model_list", "part_name", "producer_country_name", "params", "price_gte", "page"]
FIELDS += ["q", "sort", "facets", "highlight", "per_page"]
_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,60})(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,25})?", fullmatch=True)
_TEXTS = st.text(st.characters(exclude_categories=[]), max_size=10)


class Literal(Decimal):
    """A number written in exactly these characters."""

    def __new__(cls, text: str) -> "Literal":
        number = super().__new__(cls, 0)
        number.text = text
        return number

    text: str

    def __str__(self) -> str:
        return self.text


def _utf8(text: str) -> bytes:
    """Return UTF-8, also for lone surrogates, which is invalid UTF-8."""
    return text.encode("utf-8", "surrogatepass")


_LEAVES = st.none() | st.booleans() | _NUMBERS.map(Literal) | _TEXTS
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS | st.just("color"), inner, max_size=4),
    max_leaves=12,
)
_BODIES = st.dictionaries(st.sampled_from(FIELDS) | _TEXTS, _VALUES, max_size=5).map(to_json)
_NAMES = st.sampled_from([*FIELDS, "params.color", "params.count"]).map(str.encode) | st.binary(max_size=5)
_QUERY_VALUES = st.binary(max_size=12) | _NUMBERS.map(str.encode) | _VALUES.map(lambda value: _utf8(to_json(value)))
_QUERIES = st.lists(st.tuples(_NAMES, _QUERY_VALUES), max_size=4).map(
    lambda pairs: "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs)
)


def _check(answers: list[Any]) -> None:
    (status,) = {answer.status_code for answer in answers}
    assert status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY), answers[0].text
    assert len({answer.content for answer in answers}) == 1
    if status == HTTPStatus.OK:
        search_result(answers[0])
    else:
        problem(answers[0], HTTPStatus(status))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=_BODIES)
def test_any_json_gets_the_same_answer_from_both(services: Both, body: str) -> None:
    _check([service.post(_utf8(body)) for service in services])


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=40) | st.text('{}[]":,\\u0019eE+-. truefalsn', max_size=40).map(str.encode))
def test_any_bytes_get_the_same_answer_from_both(services: Both, body: bytes) -> None:
    _check([service.post(body) for service in services])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=_QUERIES)
def test_any_query_string_gets_the_same_answer_from_both(services: Both, query: str) -> None:
    _check([service.get(query) for service in services])
