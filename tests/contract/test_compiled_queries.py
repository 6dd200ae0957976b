"""What the Django service keeps of a search is its SQL: no value, no offset, no answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from partsearch.totals.conditions import plane_conditions
from tests.contract.service_client import SEARCH

pytestmark = pytest.mark.usefixtures("known_catalog")

_NAMES = ("бампер", "фильтр", "junk", "новый")


@pytest.fixture(autouse=True)
def nothing_is_kept(migrated_database: str) -> None:
    """Empty the caches: each test starts as a process does."""
    from partsearch.django_service import queries
    from partsearch.django_service.planes import queries as planes

    planes._compiled.cache_clear()
    queries._page.cache_clear()
    queries._totals.cache_clear()


def answer(query: str) -> dict[str, Any]:
    from django.test import Client

    found: dict[str, Any] = Client(SERVER_NAME="localhost").get(SEARCH + query).json()
    return found


def counts_of_the_database(conninfo: str) -> list[int]:
    """Return how many parts of the known catalog have each of the names, by SQL that is not the service's."""
    sql = """
        SELECT count(*) FROM part JOIN model ON model.id = model_id JOIN mark ON mark.id = part.mark_id
        WHERE part.name ILIKE '%%' || %s || '%%' AND part.is_visible AND model.is_visible AND mark.is_visible
    """
    with psycopg.connect(conninfo) as connection:
        return [connection.execute(sql, [name]).fetchone()[0] for name in _NAMES]  # type: ignore[index]


@pytest.fixture(params=["parts", "planes"])
def way(request: pytest.FixtureRequest, migrated_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have all searches answered in one of the two ways. What the planner chooses depends on the tests before."""
    from django.db import connections

    from partsearch.django_service import queries

    with connections["default"].cursor() as cursor:
        # As the service does: to compile such a statement to machine code takes far longer than to run it.
        cursor.execute("SET jit = off")
    by_planes = request.param == "planes"
    monkeypatch.setattr(queries, "preferred_planes", plane_conditions if by_planes else lambda *_: None)
    with psycopg.connect(migrated_database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
        connection.execute("UPDATE totals_state SET is_ready = true")
        connection.execute("SELECT totals_fold(1000000)")
    return str(request.param)


@pytest.fixture
def compiled(way: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The queries that Django has compiled."""
    from partsearch.django_service.statements.compiled_query import _Compiler

    queries: list[object] = []
    compile_once = _Compiler.compile_once
    monkeypatch.setattr(_Compiler, "compile_once", lambda self: queries.append(self) or compile_once(self))
    return queries


def test_a_set_of_filters_is_compiled_once_and_asked_with_each_value(
    migrated_database: str, compiled: list[object]
) -> None:
    counts = [answer(f"?part_name={name}")["count"] for name in _NAMES]
    assert counts == counts_of_the_database(migrated_database)
    assert len(set(counts)) > 2
    assert len(compiled) == 1


def test_300_pages_leave_one_compiled_query(way: str, compiled: list[object]) -> None:
    from partsearch.django_service import queries
    from partsearch.django_service.planes import queries as planes

    pages = [answer(f"?mark_name=a&page={page}") for page in range(2, 302)]
    assert len({page["count"] for page in pages}) == 1
    if way == "planes":
        assert planes._compiled.cache_info().currsize == len(compiled) == 1
        return
    assert queries._page.cache_info().currsize == 1
    # A page past the end asks for the totals too.
    assert queries._totals.cache_info().currsize == 1
    assert len(compiled) == 2


def test_the_pages_of_a_search_differ() -> None:
    pages = [answer(f"?page={page}")["response"] for page in (1, 2, 3, 2, 1)]
    first, second, third = pages[:3]
    assert first != second != third != first
    assert pages[3:] == [second, first]


def test_threads_that_come_first_at_the_same_time_do_not_mix_up(migrated_database: str) -> None:
    barrier = Barrier(len(_NAMES))

    def ask(name: str) -> int:
        from django.db import connections

        barrier.wait(10)
        try:
            return int(answer(f"?part_name={name}&price_gte=0")["count"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(_NAMES)) as threads:
        assert list(threads.map(ask, _NAMES)) == counts_of_the_database(migrated_database)
