"""The requests of the scenarios: both forms of a search have the same meaning."""

import json
from urllib.parse import urlsplit

import pytest

from partsearch.bench.load.scenarios import SCENARIOS, as_get, scenarios
from partsearch.bench.record import Target
from partsearch.contract.request.reading import search_from_body, search_from_query
from partsearch.contract.request.values import TwoReadings
from tests.support.slow_server import PART, SlowServer


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mark_name": "Лада (ВАЗ)", "part_name": "а&б=в + г", "page": 2},
        {"mark_list": [1, 3], "params": {"is_new_part": False, "color": "белый", "year": 2012}},
        {"params": {"oem": "12", "side": "true", "article": '"x"', "note": "[1]"}},
        {"price_gte": 2000, "price_lte": 5000},
    ],
)
def test_a_search_is_the_same_as_get_and_as_post(body: dict[str, object]) -> None:
    query = urlsplit(as_get(body).path).query
    found = search_from_query(query.encode())
    as_json = {key: one.as_json if isinstance(one, TwoReadings) else one for key, one in found.params.items()}
    assert found.model_copy(update={"params": as_json}) == search_from_body(json.dumps(body).encode())


def test_all_scenarios_can_be_drawn_from_a_catalog_of_one_part() -> None:
    with SlowServer().running() as server:
        drawn = scenarios(Target("one", server.url, None), SCENARIOS)
    assert [scenario.name for scenario in drawn] == list(SCENARIOS)
    for scenario in drawn:
        method = "GET" if scenario.name.endswith("-get") else "POST"
        assert {request.method for request in scenario.requests} == {method}


def test_searches_for_a_part_at_the_limits_of_the_contract_are_within_them() -> None:
    part = {
        **PART,
        "name": "я" * 250,
        "price": 9999999999.99,
        "json_data": {"color": "я" * 250, "year": "2012", "side": None, "is_new_part": True},
    }
    with SlowServer(answer={"response": [part], "count": 1, "summ": 9999999999.99}).running() as server:
        drawn = scenarios(Target("one", server.url, None), SCENARIOS)
    for request in (request for scenario in drawn for request in scenario.requests if request.body):
        search_from_body(request.body.encode())
