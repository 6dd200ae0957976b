"""Migration 0009 on a catalog with parts: the planes answer nothing until all segments are built, writers meanwhile.

Migration 0010 on a catalog with planes: they answer searches by price at once, and those of the release before, too.
"""

from collections.abc import Iterator
from decimal import Decimal
from threading import Event, Thread
from typing import Any

import pytest

from tests.integration.random_catalog.conftest import MARKS
from tests.support.postgres import PostgresCluster
from tests.support.random_catalog.catalog import migrate
from tests.support.random_catalog.session import Session

PARTS = """
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT number * 97, (ARRAY['фара левая', 'бампер', 'бампер бампер'])[abs(number) % 3 + 1],
        mark_id, model.id, abs(number),
        '{"color": "белый"}'
    FROM generate_series(-2000, 4000) AS number JOIN model ON model.id = abs(number) % 4 + 1
"""
_JOIN_SECONDS = 60


@pytest.fixture
def migrated(cluster: PostgresCluster) -> Iterator[str]:
    """Yield a catalog that had parts when the migrations of the totals were applied."""
    url = cluster.create_database("migrated_with_parts")
    migrate(url, "0008")
    with Session.opened(url) as session:
        session.run(MARKS)
        session.run(PARTS)
    migrate(url, "0010")
    yield url
    cluster.run("DROP DATABASE migrated_with_parts WITH (FORCE)")


def test_the_planes_of_a_catalog_with_parts(migrated: str) -> None:
    with Session.opened(migrated) as session:
        assert session.value("SELECT is_ready FROM totals_state") is False
        assert session.answers({})[1] is None
        session.run("UPDATE part SET price = price + 1 WHERE id < 0")
        session.fold()
        assert session.answers({})[1] is None
        is_over = Event()
        writer = Thread(target=_write, args=(migrated, is_over))
        writer.start()
        try:
            session.rebuild()
        finally:
            is_over.set()
            writer.join(_JOIN_SECONDS)
        session.run("UPDATE totals_state SET is_ready = true")
        session.check({"part_name": "бампер бампер"})


@pytest.fixture
def with_planes(cluster: PostgresCluster) -> Iterator[str]:
    """Yield a catalog whose planes are those of migration 0009, with changes that wait for a fold."""
    url = cluster.create_database("migrated_with_planes")
    migrate(url, "0009")
    with Session.opened(url) as session:
        session.run(MARKS)
        session.run(PARTS)
        session.rebuild()
        session.run("UPDATE totals_state SET is_ready = true")
        session.run("UPDATE part SET price = price * 10 WHERE id % 3 = 0")
    yield url
    cluster.run("DROP DATABASE migrated_with_planes WITH (FORCE)")


@pytest.mark.parametrize("is_there", [True, False])
def test_planes_of_prices_as_a_whole(with_planes: str, *, is_there: bool) -> None:
    """A migration that was taken back and applied again does the same."""
    migrate(with_planes, "0010")
    if not is_there:
        migrate(with_planes, "0009")
        migrate(with_planes, "0010")
    with Session.opened(with_planes) as session:
        before = session.value(_KEYS_OF_BEFORE)
        assert before > 0
        for _ in range(2):
            session.check(*_SEARCHES_BY_PRICE)
            session.run("UPDATE part SET price = price + 7000 WHERE id % 5 = 0")
            session.fold()
        assert session.value(_KEYS_OF_BEFORE) >= before


_BOUNDS = tuple(map(Decimal, (1, 2, 9, 10, "19.99", 20, 99, 100, "1234.5", 2000, 3999, 4000, 40000)))
_SEARCHES_BY_PRICE: tuple[dict[str, Any], ...] = (
    *({"price_gte": bound} for bound in _BOUNDS),
    *({"price_lte": bound, "part_name": "бампер"} for bound in _BOUNDS),
)
_KEYS_OF_BEFORE = """
    SELECT count(*) FROM totals_plane JOIN totals_key ON totals_key.id = key_id
    WHERE attribute = 'price' AND value LIKE '%+'
"""


def _write(url: str, is_over: Event) -> None:
    number = 0
    with Session.opened(url) as session:
        while not is_over.is_set():
            number += 1
            session.run("UPDATE part SET price = price + 1, name = name || ' я' WHERE id % 50 = $1", number % 50)
            session.run("DELETE FROM part WHERE id = $1", number * 97)
            session.run(
                "INSERT INTO part (name, mark_id, model_id, price, id) VALUES ('новая', 1, 1, 5, $1)", 10**6 + number
            )
            session.run("UPDATE mark SET is_visible = NOT is_visible WHERE id = 2")
