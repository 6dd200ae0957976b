"""The facets of the Django service: exact in both ways of reading the parts, and from the snapshot of the page."""

from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
import pytest

from partsearch.contract.answer.facets import facets_answer
from partsearch.contract.request.search import read_search
from partsearch.totals.conditions import plane_conditions
from partsearch.understanding.dictionary import Dictionary
from tests.conftest import truncate_catalog
from tests.integration.test_django_planes import (
    Totals,
    _changed,
    _emptied,
    _folded,
    _layered,
    _marks_changed,
    _only_pending,
    _summed,
    _summed_and_changed,
    totals,
)
from tests.support.catalog_data import KNOWN_CATALOG, LARGEST_ID, Catalog
from tests.support.oracle import read_answer
from tests.support.typed import oracle
from tests.support.typed.shop import Shop

__all__ = ["totals"]

BY_PLANES = frozenset({"mark", "model", "country", "is_new_part"})

_FACETS = ["mark", "model", "country", "name", "price", "color", "is_new_part", "params.count", "params.side"]

_SEARCHES: list[dict[str, Any]] = [
    {},
    {"mark_list": [1, 3, 5, 99, LARGEST_ID]},
    {"mark_list": []},
    {"model_list": [10, 12, 20], "mark_name": "hon"},
    {"producer_country_name": "РОССИЯ"},
    {"producer_country_name": "Атлантида"},
    {"part_name": "бампер", "price_gte": Decimal("0.1"), "price_lte": 2300},
    {"part_name": "такого нет"},
    {"params": {"color": "ЧЁРНЫЙ", "is_new_part": False}},
    {"params": {"count": 1}},
    {"params": {"count": Decimal("1.5"), "color": "розовый"}},
    {"params": {"count": "1"}},
    {"params": {"side": "левый"}},
]


@pytest.fixture(scope="module")
def shop(migrated_database: str) -> Shop:
    """Insert the known catalog and return it for the oracle."""
    truncate_catalog(migrated_database)
    # PostgreSQL has no negative zero, the oracle has.
    parts = [part for part in KNOWN_CATALOG.parts if "-0.0" not in part.json_data]
    catalog = Catalog(KNOWN_CATALOG.marks, KNOWN_CATALOG.models, parts)
    catalog.insert(migrated_database)
    return Shop(catalog, {}, Dictionary())


@pytest.fixture(params=["reads once", "reads for each facet", "planes"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have facets counted in one of the three ways. What the planner chooses depends on the tests before."""
    choose(str(request.param), monkeypatch)
    return str(request.param)


def choose(way: str, patch: pytest.MonkeyPatch) -> None:
    """Have all facets counted in this way."""
    from partsearch.django_service.facets import queries

    patch.setattr(queries, "preferred_planes", (lambda *_: None) if way == "reads once" else plane_conditions)
    patch.setattr(queries, "BY_PLANES", BY_PLANES if way == "planes" else frozenset())


def facets_of(search: dict[str, Any]) -> Any:
    from partsearch.django_service.facets.queries import count_facets

    facets = facets_answer(count_facets(read_search(dict(search))))
    return read_answer(b'{"response":[],"facets":' + facets + b"}")["facets"]


@pytest.mark.parametrize("search", _SEARCHES, ids=str)
def test_each_facet_counts_all_filters_but_its_own(shop: Shop, way: str, search: dict[str, Any]) -> None:
    asked = {**search, "facets": _FACETS}
    expected = oracle.answer_of(shop, asked)["facets"]
    counted = facets_of(asked)
    assert list(counted) == _FACETS
    for facet in _FACETS:
        assert counted[facet] == expected[facet]


def test_the_key_of_a_facet_is_no_sql(shop: Shop, way: str) -> None:
    for key in ("' OR true --", "%s", "цвет", "k.e.y", "🔑", '"', "\\"):
        asked = {"facets": [f"params.{key}"]}
        assert facets_of(asked) == oracle.answer_of(shop, asked)["facets"]


def statements(query: str) -> list[str]:
    """Return the statements of a search."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        assert Client(SERVER_NAME="localhost").get(f"/search/part/?{query}").status_code == HTTPStatus.OK
    return [statement["sql"] for statement in captured.captured_queries]


def test_facets_that_leave_out_the_same_filters_are_one_statement(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    choose("reads once", monkeypatch)
    begin, page, facets, commit = statements("facets=mark&facets=price&facets=params.count")
    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert '"steps_ranked"' in facets
    assert '"steps_ranked"' not in page
    # begin; the page; marks without their filter; models and names with it; commit
    assert len(statements("mark_list=1&facets=mark&facets=model&facets=name")) == 5
    # begin; the page; marks; the names of those that no part has; commit
    assert len(statements("mark_list=1&mark_list=99&facets=mark")) == 5


def test_facets_of_one_shape_share_a_statement(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    choose("reads once", monkeypatch)
    from partsearch.django_service.facets.queries import _compiled

    _compiled.cache_clear()
    for key, marks in (("side", [1]), ("count", [1, 2, 6])):
        facets_of({"facets": [f"params.{key}", "name"], "mark_list": marks})
    assert _compiled.cache_info().currsize == 1


def test_page_and_facets_come_from_one_snapshot(
    shop: Shop, migrated_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection
    from django.test import Client

    from partsearch.django_service.facets.queries import count_facets
    from partsearch.django_service.views import search_part

    def count_after_a_change(*arguments: Any) -> Any:
        with psycopg.connect(migrated_database) as other:
            other.execute("UPDATE part SET price = price + 1 WHERE id = 100")
        return count_facets(*arguments)

    monkeypatch.setattr(search_part, "count_facets", count_after_a_change)
    client = Client(SERVER_NAME="localhost")
    prices = []
    for _ in range(2):
        answer = orjson.loads(client.get("/search/part/?part_name=бампер передний&model_list=10&facets=price").content)
        prices.append(answer["response"][0]["price"])
        assert answer["facets"]["price"]["min"] == answer["facets"]["price"]["max"] == prices[-1]
    assert prices == [2300, 2301]
    assert connection.connection.isolation_level is None
    assert connection.connection.read_only is None
    with psycopg.connect(migrated_database) as other:
        other.execute("UPDATE part SET price = 2300 WHERE id = 100")


@pytest.mark.parametrize(
    "state", [_only_pending, _folded, _summed, _summed_and_changed, _changed, _marks_changed, _layered, _emptied]
)
def test_the_planes_count_as_the_parts_do(
    totals: Totals, state: Callable[[Totals], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    state(totals)
    for search in _SEARCHES:
        asked = {**search, "facets": sorted(BY_PLANES)}
        choose("planes", monkeypatch)
        counted = facets_of(asked)
        choose("reads once", monkeypatch)
        assert counted == facets_of(asked), search


def test_planes_that_are_not_usable_count_nothing(totals: Totals, monkeypatch: pytest.MonkeyPatch) -> None:
    choose("planes", monkeypatch)
    expected = facets_of({"facets": ["mark", "is_new_part"]})
    totals.write("UPDATE totals_state SET is_ready = false")
    assert facets_of({"facets": ["mark", "is_new_part"]}) == expected
