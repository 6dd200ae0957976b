"""FastAPI's statements for ``q`` and for the orders: the planes answer what the parts themselves do."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import psycopg
import pytest

from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.request.search import read_search
from partsearch.contract.request.values import SortOrder
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.found_parts import find_parts
from partsearch.totals import ordered_pages
from partsearch.totals.conditions import plane_conditions
from tests.conftest import truncate_catalog
from tests.support.totals import CATALOG

_FOLD = "SELECT totals_fold(1000000)"
_CHANGES = """
    UPDATE part SET name = 'Бампер передний левый' WHERE id % 13 = 0;
    UPDATE part SET json_data = json_data || '{"photo": "1.jpg", "count": 0}' WHERE id % 5 = 0;
    UPDATE part SET price = price + 1 WHERE id % 17 = 0;
    DELETE FROM part WHERE id % 19 = 0;
"""
_BY_START = """
    SELECT array_agg(
        json_data ->> 'oem'
        ORDER BY json_data ->> 'oem' <> 'A511', partsearch_quality(json_data) DESC, part.created_at DESC, part.id
    )
    FROM part
    JOIN model ON model.id = part.model_id
    JOIN mark ON mark.id = part.mark_id
    WHERE json_data ->> 'oem' LIKE 'A51%' AND part.is_visible AND model.is_visible AND mark.is_visible
"""
_BUMPER = Alternatives(("бампер",))
_HONDA = Alternatives(("honda",), (1,))
_MEANINGS = [
    None,
    Understood("q", (_BUMPER,), "бампер", ("бампер",), ("бампер",)),
    Understood("q", (_BUMPER, Alternatives(("передний", "перед"))), "бампер передний левый", ("бампер", "левый")),
    Understood("q", (Alternatives(("фара", "дверь зад"), (1, 3)),), "дверь", ("дверь", "задняя"), ("дверь",)),
    Understood("q", (Alternatives(model_list=(2,), params=(("color", "белый"),)),)),
    Understood("q", (Alternatives(("д", "qwe")), _HONDA), "диск", ("ди",)),
    Understood("q", (Alternatives(("нет такого",)),), "нет такого", ("нет",)),
]
_PAGES = [{}, {"page": 2, "per_page": 7}, {"per_page": 100, "highlight": True}, {"page": 60}]


@pytest.fixture(scope="module")
def catalog(migrated_database: str) -> Iterator[str]:
    """Insert a catalog of several segments; some parts have changed since the fold."""
    truncate_catalog(migrated_database)
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute("UPDATE totals_state SET tracked_params = '{color}', ready_params = '{color}'")
        connection.execute(CATALOG.encode())
        with connection.transaction():
            connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
            connection.execute(_FOLD)
        connection.execute(_CHANGES.encode())
    yield migrated_database
    truncate_catalog(migrated_database)


async def compare(conninfo: str, order: SortOrder, understood: Understood | None, fields: dict[str, Any]) -> None:
    """Assert that each way finds the same page and totals."""
    typed = {} if understood is None else {"q": "q"}
    search = read_search({"sort": order.value, **typed, **fields})
    parameters = psycopg.conninfo.conninfo_to_dict(conninfo)
    connection = await asyncpg.connect(
        host=parameters["host"], user=parameters["user"], database=parameters["dbname"], port=parameters.get("port")
    )

    async def read(statement: Statement) -> Any:
        value = await connection.fetchval(statement.sql, *statement.values)
        assert value is not None, "the planes are not usable"
        return value

    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            expected = await read(composer.find_few_parts(search, understood))
            assert await read(composer.find_parts_by_scan(search, understood)) == expected
            planes = plane_conditions(search, understood)
            assert planes is not None
            assert await find_parts(read, search, understood, planes) == expected
    finally:
        await connection.close()


@pytest.mark.parametrize("walked", [None, 3, 100_000])
@pytest.mark.parametrize("order", list(SortOrder))
def test_each_way_finds_the_same(
    catalog: str, monkeypatch: pytest.MonkeyPatch, order: SortOrder, walked: int | None
) -> None:
    """With a walk of three rows, which ends too early, the matches are read after all."""
    monkeypatch.setattr(ordered_pages, "_walked", lambda *_: walked)
    for understood in _MEANINGS:
        for fields in _PAGES:
            asyncio.run(compare(catalog, order, understood, dict(fields)))


def test_a_part_number_is_found_by_its_start(catalog: str) -> None:
    with psycopg.connect(catalog, autocommit=True, cursor_factory=psycopg.RawCursor) as connection:
        group = Alternatives(("нет такого",), numbers=("A51", "B2"))
        understood = Understood("q", (group,), number="A511")
        statement = composer.find_few_parts(read_search({"q": "A51", "per_page": 100}), understood)
        found = connection.execute(statement.sql.encode(), statement.values).fetchone()
        expected = connection.execute(_BY_START.encode()).fetchone()
    assert found is not None
    assert expected is not None
    assert [part["json_data"]["oem"] for part in orjson.loads(found[0])["response"]] == expected[0]
