"""FastAPI's facets: the planes count what the parts do, also parts and marks that have changed since the fold."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import psycopg
import pytest

from partsearch.contract.answer.facets import Facet, searches_of
from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.request.search import read_search
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.facets.facets import Row, facet_of
from partsearch.fastapi_service.facets.statements import facet_statements
from partsearch.totals.statistics import latest_statistics
from tests.conftest import truncate_catalog
from tests.support.totals import CATALOG

_CHANGES = """
    UPDATE part SET price = price + 1 WHERE id % 17 = 0;
    UPDATE part SET json_data = json_data || '{"is_new_part": true}' WHERE id % 11 = 0;
    UPDATE part SET is_visible = NOT is_visible WHERE id % 23 = 0;
    DELETE FROM part WHERE id % 19 = 0;
"""
_MARKS = """
    UPDATE mark SET is_visible = NOT is_visible WHERE id = (SELECT max(id) FROM mark);
    UPDATE mark SET producer_country_name = 'Другая' WHERE id = (SELECT min(id) FROM mark);
"""
_SEARCHES: list[dict[str, Any]] = [
    {},
    {"mark_list": [1, 3]},
    {"mark_list": [1], "price_gte": 100, "price_lte": 5000},
    {"price_lte": 1},
    {"part_name": "бампер", "params": {"is_new_part": True}},
    {"producer_country_name": "Япония", "params": {"color": "белый"}},
    {"q": "бампер", "mark_name": "a"},
    {"part_name": "нет такого"},
]
_UNDERSTOOD = Understood("бампер", (Alternatives(("бампер", "фара")),), "бампер", ("бампер",))


@pytest.fixture(scope="module", params=["folded", "changed parts", "changed marks"])
def catalog(request: pytest.FixtureRequest, migrated_database: str) -> Iterator[str]:
    """Yield a catalog of several segments whose planes are ready."""
    truncate_catalog(migrated_database)
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        tracked = "'{color,is_new_part}'"
        connection.execute(f"UPDATE totals_state SET tracked_params = {tracked}, ready_params = {tracked}".encode())
        connection.execute(CATALOG.encode())
        with connection.transaction():
            connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
            connection.execute("SELECT totals_fold(1000000)")
        if request.param != "folded":
            connection.execute(_CHANGES.encode())
        if request.param == "changed marks":
            connection.execute(_MARKS.encode())
    yield migrated_database
    truncate_catalog(migrated_database)


@pytest.mark.parametrize("fields", _SEARCHES, ids=str)
def test_planes_count_what_parts_do(catalog: str, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest_statistics, "value", None)
    asyncio.run(_compare(catalog, fields))


def test_one_facet_of_the_parts_leaves_the_others_to_the_planes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest_statistics, "value", None)
    names = ["mark", "name", "price", "color"]
    search = read_search({"facets": names})
    by_planes, by_parts = facet_statements(search, search, names)
    assert by_planes.instead is not None, "the planes may be unusable"
    assert "key_counts" in by_planes.sql
    assert "'name'" not in by_planes.sql + by_planes.instead.sql.partition("named AS")[0]
    assert "key_counts" not in by_parts.sql
    assert "'mark'" not in by_parts.sql.partition("named AS")[0]


async def _compare(conninfo: str, fields: dict[str, Any]) -> None:
    search = read_search({**fields, "facets": ["mark", "country", "is_new_part", "price"]})
    understood = _UNDERSTOOD if search.q else None
    parameters = psycopg.conninfo.conninfo_to_dict(conninfo)
    connection = await asyncpg.connect(
        host=parameters["host"], user=parameters["user"], database=parameters["dbname"], port=parameters.get("port")
    )

    async def facets_by(statement: Statement, names: list[str]) -> dict[str, Facet]:
        value = await connection.fetchval(statement.sql, *statement.values)
        assert value is not None, "the planes are not usable"
        rows = [Row(*item) for item in orjson.loads(value)]
        return {name: facet_of(search, name, [row for row in rows if row.facet == name]) for name in names}

    try:
        for counted, names in searches_of(search):
            (by_planes,) = facet_statements(counted, search, names, understood)
            assert by_planes.instead is not None
            assert await facets_by(by_planes, names) == await facets_by(by_planes.instead, names), names
    finally:
        await connection.close()
