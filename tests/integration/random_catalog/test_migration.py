"""Migration 0009 on a catalog with parts: the planes answer nothing until all segments are built, writers meanwhile."""

from collections.abc import Iterator
from threading import Event, Thread

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
    """Yield a catalog that had parts when migration 0009 was applied."""
    url = cluster.create_database("migrated_with_parts")
    migrate(url, "0008")
    with Session.opened(url) as session:
        session.run(MARKS)
        session.run(PARTS)
    migrate(url, "0009")
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
