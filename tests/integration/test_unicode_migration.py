"""Migration 0007 on a catalog in use: killed and run again, during searches and during a writing transaction."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.postgres import PostgresCluster

AFFECTED, OTHERS = 3_000, 3_000
_SECONDS = 60
Database = psycopg.Connection[Any]

CATALOG = f"""
    INSERT INTO mark (id, name, producer_country_name) VALUES
        (1, 'Е\u0308мобиль', 'Россия'), (2, 'Honda', 'Япо\u200bния');
    INSERT INTO model (id, name, mark_id) VALUES (1, 'Ё\u00adжик', 1), (2, 'Accord', 2);
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
        SELECT number::bigint * 1000000007, 'Бампер задний', 2, 2, 1, '{{"color": "чёрный", "oem": "A1"}}'
        FROM generate_series(1, {OTHERS}) AS number;
    INSERT INTO part (id, name, mark_id, model_id, price, json_data) SELECT number::bigint * 1000000007 + 1,
        CASE number % 3 WHEN 0 THEN 'Фара правая' ELSE 'Фа\u00adра задняя №' || number END, 1, 1, 1,
        CASE number % 3 WHEN 0 THEN '{{"color": "ЧЕ\u0308РНЫИ\u0306"}}'::jsonb ELSE '{{"oem": "Ｂ２"}}' END
        FROM generate_series(1, {AFFECTED}) AS number;
    INSERT INTO part (id, name, mark_id, model_id, price) VALUES (9223372036854775807, '²', 1, 1, 1);
"""
STALE = """
    SELECT count(*) FROM part WHERE name_normalized <> partsearch_normalize(name)
        OR attributes <> partsearch_attributes(json_data) OR color IS DISTINCT FROM partsearch_color(json_data)
"""
PLACES = "SELECT array_agg(ctid ORDER BY id) FROM part WHERE mark_id = 2"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """Yield a server with a catalog of the previous release."""
    with PostgresCluster.started() as cluster:
        address = cluster.create_database("before")
        _run(_migrating(address, "0006"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(CATALOG.encode())
        yield cluster


@pytest.fixture
def address(cluster: PostgresCluster) -> Iterator[str]:
    yield cluster.create_database("test", rest="TEMPLATE before")
    cluster.run("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def _migrating(address: str, *to: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DIRECT_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", *(("catalog", *to) if to else ())]
    return subprocess.Popen(command, env=environment)


def _run(process: "subprocess.Popen[bytes]") -> None:
    assert process.wait(_SECONDS) == 0


def value(database: Database, sql: str) -> Any:
    row = database.execute(sql.encode()).fetchone()
    assert row is not None
    return row[0]


def _is_replaced(database: Database) -> bool:
    return bool(value(database, "SELECT partsearch_normalize('²') = '2'"))


@contextmanager
def _searching(address: str) -> Iterator[None]:
    """Search for ordinary text for the block; every answer is right and none waits for a lock."""
    ended = Event()

    def search() -> int:
        asked = 0
        with psycopg.connect(
            address, autocommit=True, options="-c lock_timeout=100 -c statement_timeout=5000"
        ) as connection:
            while not ended.is_set():
                found = "name_normalized LIKE '%бампер%' AND color = 'черный' AND attributes @> '{\"oem\": \"a1\"}'"
                assert value(connection, f"SELECT count(*) FROM part WHERE {found}") == OTHERS
                asked += 1
        return asked

    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(search)
        try:
            yield
        finally:
            ended.set()
        assert asked.result() > 5


def test_a_killed_migration_resumes(address: str, database: Database) -> None:
    stale_at_first = AFFECTED + 1
    before = value(database, PLACES)
    with _searching(address):
        migrating = _migrating(address)
        wait_for(lambda: _is_replaced(database) and value(database, STALE) < stale_at_first, _SECONDS, "the first rows")
        migrating.send_signal(signal.SIGKILL)
        migrating.wait()
        assert 0 < value(database, STALE) < stale_at_first
        _run(_migrating(address))
    assert value(database, STALE) == 0
    assert value(database, "SELECT name_normalized FROM mark WHERE id = 1") == "емобиль"
    assert value(database, "SELECT producer_country_name_normalized FROM mark WHERE id = 2") == "япония"
    assert value(database, "SELECT name_normalized FROM model WHERE id = 1") == "ежик"
    assert value(database, "SELECT count(*) FROM part WHERE color = 'черный' AND mark_id = 1") == AFFECTED // 3
    assert value(database, PLACES) == before, "a row that is right already is not written"


def test_the_migration_waits_for_a_transaction_that_wrote_by_the_old_rule(address: str, database: Database) -> None:
    insert = "INSERT INTO part (id, name, mark_id, model_id, price) VALUES (5, 'Фа\u00adра', 1, 1, 1)"
    with psycopg.connect(address) as writer:
        writer.execute(insert.encode())
        migrating = _migrating(address)
        wait_for(lambda: _is_replaced(database), _SECONDS, "the new rule")
        assert migrating.poll() is None
        database.execute(insert.replace("5", "6", 1).encode())
        assert value(database, "SELECT name_normalized FROM part WHERE id = 6") == "фара"
    _run(migrating)
    assert value(database, "SELECT name_normalized FROM part WHERE id = 5") == "фара"
    assert value(database, STALE) == 0


def test_the_migration_can_be_reversed(address: str, database: Database) -> None:
    columns = "SELECT array_agg(part::text ORDER BY id) FROM part"
    before = value(database, columns)
    _run(_migrating(address))
    assert value(database, columns) != before
    _run(_migrating(address, "0006"))
    assert value(database, columns) == before


def test_a_writer_that_does_not_end_is_named_and_the_migration_can_be_retried(
    empty_catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError, connection

    from partsearch.catalog import recompute

    monkeypatch.setattr(recompute, "_WRITER_SECONDS", 0.2)
    with psycopg.connect(empty_catalog) as writer:
        writer.execute("INSERT INTO mark (name) VALUES ('Honda')")
        with pytest.raises(OperationalError, match=f"does not end: process {writer.info.backend_pid}") as raised:
            recompute.recompute(connection, ".")
    assert getattr(raised.value.__cause__, "sqlstate", None) == "55P03"
    assert recompute.recompute(connection, ".") == 0
