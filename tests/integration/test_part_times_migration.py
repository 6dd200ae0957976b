"""Migrations 0015 to 0017 on a catalog in use: the release before goes on writing, and no part is rewritten."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.postgres import PostgresCluster

_MIGRATE_SECONDS = 240
_PARTS = 2_000
_CATALOG = f"""
    INSERT INTO mark (id, name) VALUES (1, 'Kia');
    INSERT INTO model (id, name, mark_id) VALUES (1, 'Rio', 1);
    INSERT INTO part (name, mark_id, model_id, price) SELECT 'Фара', 1, 1, 1 FROM generate_series(1, {_PARTS});
"""
# As Django's ORM of the release before writes a part.
_INSERT = "INSERT INTO part (name, mark_id, model_id, price, json_data, is_visible) VALUES (%s, 1, 1, 2, %s, true)"
_UPDATE = (
    "UPDATE part SET name = %s, mark_id = 1, model_id = 1, price = 3, json_data = %s, is_visible = true WHERE id = %s"
)
_OLD = f"FROM part WHERE id BETWEEN 2 AND {_PARTS}"


@pytest.fixture
def address() -> Iterator[str]:
    """Yield the address of a database of the release before, with a catalog."""
    with PostgresCluster.started() as cluster:
        address = cluster.create_database("before")
        migrate(address, "catalog", "0014")
        with psycopg.connect(address) as connection:
            connection.execute(_CATALOG.encode())
        yield address


def migrate(address: str, *to: str) -> None:
    environment = {**os.environ, "DATABASE_URL": address, "DIRECT_DATABASE_URL": address}
    command = [sys.executable, "-m", "django", "migrate", "--noinput", "--verbosity", "0", *to]
    done = subprocess.run(
        command, env=environment, timeout=_MIGRATE_SECONDS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def write_as_before(address: str, ended: Event, written: list[int]) -> None:
    """Insert and update parts until the end, as the release before does."""
    with psycopg.connect(address, autocommit=True) as connection:
        while not ended.is_set():
            number = len(written)
            connection.execute(_INSERT, [f"Крыло {number}", "{}"])
            connection.execute(_UPDATE, [f"Фара {number}", '{"count": 1}', 1])
            connection.execute("SELECT id, name, price FROM part WHERE is_visible ORDER BY id LIMIT 10")
            written.append(number)
            ended.wait(0.01)


def one(connection: "psycopg.Connection[Any]", query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row
    return row[0] if len(row) == 1 else row


def plan_of(connection: "psycopg.Connection[Any]", order: str) -> str:
    """Return the index that gives the first parts in an order."""
    query = f"EXPLAIN (FORMAT json) SELECT id FROM part WHERE is_visible ORDER BY {order} LIMIT 10"
    return str(one(connection, query)[0]["Plan"]["Plans"][0].get("Index Name"))


def test_the_release_before_writes_while_the_times_are_added(address: str) -> None:
    ended, written = Event(), list[int]()
    with psycopg.connect(address, autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
        places = one(connection, f"SELECT pg_relation_filenode('part'), array_agg(ctid ORDER BY id) {_OLD}")
        writing = pool.submit(write_as_before, address, ended, written)
        try:
            migrate(address)
            migrated = len(written)
            wait_for(lambda: len(written) > migrated + 1 or writing.done())
        finally:
            ended.set()
        writing.result()
        assert one(connection, f"SELECT pg_relation_filenode('part'), array_agg(ctid ORDER BY id) {_OLD}") == places
        kinds = one(connection, f"SELECT count(DISTINCT created_at), bool_and(updated_at < now()) {_OLD}")
        assert kinds == (1, True)
        assert one(connection, "SELECT updated_at > created_at FROM part WHERE id = 1")
        last = f"SELECT created_at = updated_at FROM part WHERE name = 'Крыло {written[-1]}'"
        assert one(connection, last)
        assert one(connection, "SELECT count(*) > 1000 FROM synonym")
        assert one(connection, "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'part'::regclass")
        connection.execute("ANALYZE part")
        assert plan_of(connection, "partsearch_quality(json_data) DESC, created_at DESC, id") == "part_quality"
        assert plan_of(connection, "created_at DESC, id") == "part_created"
    migrate(address, "catalog", "0014")
    with psycopg.connect(address) as connection:
        assert one(connection, "SELECT to_regclass('synonym') IS NULL")
        connection.execute(_UPDATE, ["Фара", "{}", 1])
