"""The Django service answers from the planes what it answers from the parts, whatever has changed since a fold."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.request.search import read_search
from partsearch.contract.request.values import SortOrder
from partsearch.fastapi_service.composer import Statement
from partsearch.totals.conditions import plane_conditions
from tests.conftest import truncate_catalog
from tests.support.catalog_data import KNOWN_CATALOG, LARGEST_ID

_SEARCHES: list[dict[str, Any]] = [
    {},
    {"page": 2},
    {"page": 8},
    {"page": 1_000_000},
    {"mark_name": "hon"},
    {"mark_name": "h"},
    {"mark_name": "nothing like it"},
    {"mark_list": [1, 2, LARGEST_ID, 3]},
    {"mark_list": []},
    {"model_name": "accord"},
    {"model_name": "c", "page": 2},
    {"model_list": [10, 12, 30]},
    {"part_name": "бампер"},
    {"part_name": "ф", "page": 3},
    {"part_name": "100%"},
    {"part_name": "бампер передний"},
    {"part_name": "ер пер"},
    {"producer_country_name": "япония"},
    {"producer_country_name": "корея"},
    {"price_gte": Decimal("0.3")},
    {"price_lte": 0},
    {"price_gte": Decimal("44.4"), "price_lte": Decimal("9999999999.99")},
    {"price_lte": Decimal("2299.99"), "page": 2},
    {"params": {"color": "чёрный"}},
    {"params": {"color": "серый", "is_new_part": False}, "price_gte": 100, "page": 2},
    {"params": {"is_new_part": "true"}},
    {"mark_name": "hon", "mark_list": [1], "model_list": [10, 11], "part_name": "фильтр", "price_lte": 500, "page": 2},
]

_BUMPER = Alternatives(texts=("бампер", "крыло"))
_TYPED = [
    Understood("бампер", (_BUMPER,), phrase="бампер", words=("бампер",)),
    Understood(
        "бампер передний honda",
        (_BUMPER, Alternatives(texts=("передний", "пе")), Alternatives(texts=("honda",), mark_list=(1, 2))),
        phrase="бампер передний",
        words=("бампер", "передний"),
    ),
    Understood("черный фильтр", (Alternatives(params=(("color", "чёрный"),), texts=("фильтр", "фильтр 1")),)),
    Understood("accord", (Alternatives(model_list=(10, 60)),), words=("accord",)),
]

_CHANGES = """
    UPDATE part SET price = price + 0.01 WHERE id % 2 = 0 AND price < 9999999999;
    UPDATE part SET name = 'Бампер', json_data = '{"color": "черный"}', is_visible = NOT is_visible WHERE id % 5 = 0;
    UPDATE part SET id = id + 100000 WHERE id % 7 = 1 AND id < 2000;
    DELETE FROM part WHERE id % 11 = 0;
    INSERT INTO part (id, name, mark_id, model_id, price)
    SELECT id, 'Бампер передний', 1, 10, 0.03 FROM generate_series(63990, 64020) AS id;
"""
_MARK_CHANGES = """
    UPDATE mark SET is_visible = id <> 1, producer_country_name = CASE WHEN id = 2 THEN 'Япония' ELSE 'Корея' END;
    UPDATE model SET is_visible = id <> 20;
    INSERT INTO part (id, name, mark_id, model_id, price) VALUES (5, 'Бампер скрытой марки', 1, 10, 7);
"""
_LOAD = """
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT id, 'Фильтр ' || id % 10, 6, 60, id % 900, '{"color": "серый"}' FROM generate_series(2000, 21999) AS id;
"""


class Totals:
    """The catalog of a test and its totals."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    def write(self, sql: str) -> None:
        with psycopg.connect(self._conninfo) as connection:
            connection.execute(sql)

    def fold(self) -> None:
        with psycopg.connect(self._conninfo) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
            connection.execute("SELECT totals_fold(100000)")

    def sum_layers(self) -> int:
        """Sum all layers that can be summed; return how many they were."""
        with psycopg.connect(self._conninfo) as connection:
            connection.execute("LOCK TABLE totals_state IN EXCLUSIVE MODE")
            summed = 0
            while connection.execute("SELECT totals_sum_next()").fetchone() == (True,):
                summed += 1
        return summed

    def answer(self, statement: Statement) -> str:
        """Return what a statement of the FastAPI service answers."""
        with psycopg.connect(self._conninfo, cursor_factory=psycopg.RawCursor) as connection:
            return str(connection.execute(statement.sql, statement.values).fetchone()[0])  # type: ignore[index]

    def pending(self) -> int:
        """Return how many changes are not in the planes."""
        with psycopg.connect(self._conninfo) as connection:
            return connection.execute("SELECT count(*) FROM totals_change").fetchone()[0]  # type: ignore[index]


@pytest.fixture
def totals(migrated_database: str) -> Iterator[Totals]:
    """Insert the known catalog."""
    truncate_catalog(migrated_database)
    totals = Totals(migrated_database)
    # Another test of this database may have made more keys of json_data frequent.
    totals.write("UPDATE totals_state SET tracked_params = '{color,is_new_part}', ready_params = '{color,is_new_part}'")
    KNOWN_CATALOG.insert(migrated_database)
    yield totals
    totals.write("UPDATE totals_state SET is_ready = true; DELETE FROM totals_change WHERE part_id = 0;")
    truncate_catalog(migrated_database)


def by_planes(raw: dict[str, Any], understood: Understood | None = None) -> Any:
    """Return what the planes answer."""
    from partsearch.django_service.planes.queries import find_parts_by_planes

    search = read_search(dict(raw))
    planes = plane_conditions(search, understood)
    assert planes is not None
    return find_parts_by_planes(search, planes, understood)


def body(found: Any) -> bytes:
    """Return the answer of the API."""
    from partsearch.contract.answer.rendering import search_answer

    return search_answer((row.as_answer() for row in found.rows), found.count, found.summ)


def check_all_searches() -> None:
    from partsearch.django_service.queries import find_few_parts, find_parts_by_scan

    for raw in _SEARCHES:
        found = by_planes(raw)
        assert found is not None, raw
        search = read_search(dict(raw))
        assert body(found) == body(find_parts_by_scan(search)) == body(find_few_parts(search)), raw
    for understood in (None, *_TYPED):
        for order in SortOrder:
            for page in ({}, {"page": 2, "per_page": 7}, {"per_page": 100}, {"page": 900}):
                raw = {**page, "sort": order, **({"q": understood.q} if understood else {})}
                search = read_search(dict(raw))
                expected = body(find_parts_by_scan(search, understood))
                assert body(find_few_parts(search, understood)) == expected, raw
                if plane_conditions(search, understood) is not None:
                    found = by_planes(raw, understood)
                    assert found is not None, raw
                    assert body(found) == expected, raw


def _only_pending(totals: Totals) -> None:
    assert totals.pending() > 0


def _folded(totals: Totals) -> None:
    totals.fold()
    assert totals.pending() == 0


def _summed(totals: Totals) -> None:
    totals.fold()
    assert totals.sum_layers() > 0


def _summed_and_changed(totals: Totals) -> None:
    totals.fold()
    totals.write(_LOAD)
    totals.sum_layers()
    totals.write("UPDATE part SET price = price + 1, is_visible = NOT is_visible WHERE id % 7 = 0 AND id < 1000")


def _changed(totals: Totals) -> None:
    totals.fold()
    totals.write(_CHANGES)
    assert totals.pending() > 0


def _marks_changed(totals: Totals) -> None:
    totals.fold()
    totals.write(_MARK_CHANGES)


def _layered(totals: Totals) -> None:
    """Have two layers of a segment, and changes of parts in both."""
    totals.fold()
    totals.write(_LOAD)
    assert totals.pending() == 0
    totals.write(_CHANGES + _MARK_CHANGES)


def _emptied(totals: Totals) -> None:
    totals.fold()
    totals.write("TRUNCATE part CASCADE")


@pytest.mark.parametrize(
    "state", [_only_pending, _folded, _summed, _summed_and_changed, _changed, _marks_changed, _layered, _emptied]
)
def test_the_planes_answer_as_the_parts_do(totals: Totals, state: Callable[[Totals], None]) -> None:
    state(totals)
    check_all_searches()


@pytest.mark.parametrize("name", ["Фара фары", "Фара"])
def test_a_part_with_two_words_that_match_counts_once(totals: Totals, name: str) -> None:
    totals.write(
        f"INSERT INTO part (id, name, mark_id, model_id, price) SELECT id, '{name}', 6, 60, 1"
        " FROM generate_series(70000, 71999) AS id"
    )
    totals.fold()
    totals.sum_layers()
    from partsearch.django_service.queries import find_parts_by_scan
    from partsearch.fastapi_service import composer

    search = read_search({"part_name": "фар"})
    expected = body(find_parts_by_scan(search))
    assert body(by_planes({"part_name": "фар"})) == expected
    planes = plane_conditions(search)
    assert planes is not None
    assert totals.answer(composer.find_parts_by_planes(search, planes)) == expected.decode()


def test_the_page_is_found_in_any_segment(totals: Totals) -> None:
    """Matches are ten segments apart, and more than a page of them is in one block."""
    totals.write(
        "INSERT INTO part (id, name, mark_id, model_id, price) SELECT 5000000 + id * 640000, 'Редкая', 6, 60, 1"
        " FROM generate_series(0, 25) AS id;"
        "INSERT INTO part (id, name, mark_id, model_id, price) SELECT 9000000 + id, 'Редкая', 6, 60, 1"
        " FROM generate_series(1, 1500) AS id WHERE id < 20 OR id > 1480;"
    )
    totals.fold()
    from partsearch.django_service.queries import find_parts_by_scan

    for page in range(1, 9):
        raw = {"part_name": "редкая", "page": page}
        assert body(by_planes(raw)) == body(find_parts_by_scan(read_search(dict(raw))))


def test_planes_that_are_not_usable_return_none(totals: Totals) -> None:
    totals.fold()
    assert by_planes({"params": {"year": 2005}}) is None  # no plane has this key of json_data
    totals.write("INSERT INTO totals_change (part_id) SELECT 0 FROM generate_series(1, 20000)")
    assert by_planes({}) is not None
    totals.write("INSERT INTO totals_change (part_id) VALUES (0)")
    assert by_planes({}) is None
    totals.write("DELETE FROM totals_change")
    totals.write("UPDATE totals_state SET is_ready = false")
    assert by_planes({}) is None


@pytest.mark.parametrize("raw", [{}, {"page": 3}, {"page": 1000}, {"part_name": "nothing like it"}])
def test_one_statement_returns_page_count_and_sum(totals: Totals, raw: dict[str, Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        by_planes(raw)
    assert len(captured) == 1  # count, sum and page


def test_searches_of_one_shape_share_a_statement(totals: Totals) -> None:
    """Their number of price digits, their number of values, and their page make no difference."""
    from partsearch.django_service.planes.queries import _compiled

    _compiled.cache_clear()
    for low, high, marks, page in [(1, 5000, [1], 1), (Decimal("12345.67"), Decimal("99999.99"), [1, 2, 6], 30)]:
        by_planes({"price_gte": low, "price_lte": high, "mark_list": marks, "page": page})
    assert _compiled.cache_info().currsize == 1


def test_the_steps_are_no_tables(migrated_database: str) -> None:
    """Django would make migrations for them otherwise."""
    from django.apps import apps

    from partsearch.django_service.planes import steps

    assert steps.Mask not in apps.get_models()
