"""A change by plain SQL reaches every socket whose answer it alters, within a second, and no other."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.acceptance.live.conftest import Connection
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.live import LIVE, LiveClient, workers_of
from tests.support.oracle import answer_of
from tests.support.site import RunningSite

_SECOND = 1.0
_MANY = 1_000
_NEW_PART = "INSERT INTO part (name, mark_id, model_id, price) VALUES ('Бампер новый', 1, 10, 5)"


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (_NEW_PART, 1),
        ("UPDATE part SET name = 'Дверь' WHERE id = 100", -1),
        ("UPDATE part SET price = price + 0.01 WHERE id = 100", 0),
        ('UPDATE part SET json_data = \'{"color": "жёлтый"}\' WHERE id = 100', 0),
        ("DELETE FROM part WHERE id = 100", -1),
        ("TRUNCATE part", -5),
        ("TRUNCATE mark CASCADE", -5),
        ("UPDATE mark SET is_visible = false WHERE id = 2", -2),
        ("UPDATE mark SET is_visible = true WHERE id = 3", 1),
        ("UPDATE mark SET name = 'Хонда' WHERE id = 1", 0),
        ("UPDATE model SET is_visible = false WHERE id = 10", -2),
        ("UPDATE model SET name = 'Аккорд' WHERE id = 10", 0),
        ("BEGIN; DELETE FROM part WHERE id = 100; DELETE FROM part WHERE id = 107; COMMIT", -2),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_change_is_sent_within_a_second(
    live_site: RunningSite, catalog: Connection, change: str, counts: int
) -> None:
    with LiveClient.connected(live_site.url) as client:
        before = client.ask({"part_name": "бампер"})
        assert before["count"] == 5
        catalog.execute(change.encode())
        changed = time.monotonic()
        after = client.result()
        assert time.monotonic() - changed < _SECOND
        assert after != before
        assert after["count"] == before["count"] + counts


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE part SET price = 7 WHERE name = 'Long'",
        "UPDATE part SET price = price WHERE id = 100",
        "UPDATE part SET name = name || ' бампер' WHERE NOT is_visible",
        "INSERT INTO mark (name) VALUES ('Новая марка')",
        "DELETE FROM part WHERE false",
        "BEGIN; DELETE FROM part; ROLLBACK",
    ],
)
def test_a_change_that_alters_no_answer_is_not_sent(live_site: RunningSite, catalog: Connection, change: str) -> None:
    with LiveClient.connected(live_site.url) as client:
        client.ask({"part_name": "бампер"})
        catalog.execute(change.encode())
        assert client.hears_nothing()


def test_changes_close_together_are_debounced(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as client:
        client.ask({"part_name": "бампер"})
        began = time.monotonic()
        for _ in range(100):
            catalog.execute(_NEW_PART)
        lasted = time.monotonic() - began
        messages = 1
        while client.result()["count"] < 105:
            messages += 1
        assert messages <= 2 + lasted / 0.1
        assert client.hears_nothing()


def test_each_of_many_searches_has_its_own_answer(live_site: RunningSite, catalog: Connection) -> None:
    """Every shown part has a socket of its own, all at the same time."""
    searches = [{"part_name": part.name[:40], "mark_list": [part.mark_id]} for part in KNOWN_CATALOG.parts]
    changed = [
        replace(part, price="12.34", name=f"{part.name} 1") for part in KNOWN_CATALOG.parts if len(part.name) < 99
    ]
    after = Catalog(KNOWN_CATALOG.marks, KNOWN_CATALOG.models, changed)
    with ExitStack() as stack:
        clients = [stack.enter_context(LiveClient.connected(live_site.url)) for _ in searches]
        for client, search in zip(clients, searches, strict=True):
            client.send(search)
        for client, search in zip(clients, searches, strict=True):
            assert client.answer() == answer_of(KNOWN_CATALOG, search)
        catalog.execute("BEGIN; DELETE FROM part WHERE length(name) >= 99")
        catalog.execute("UPDATE part SET price = 12.34, name = name || ' 1'; COMMIT")
        for client, search in zip(clients, searches, strict=True):
            wanted = answer_of(after, search)
            if wanted != answer_of(KNOWN_CATALOG, search):
                assert client.answer() == wanted


@contextmanager
def statements_logged(site: RunningSite) -> Iterator[Path]:
    """Make PostgreSQL log every statement, and yield the log file."""
    from partsearch.database.embedded import superuser_address
    from partsearch.settings import settings

    with psycopg.connect(superuser_address(settings()).conninfo(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield site.home / "logs" / "postgres.log"
        finally:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")


def searches_in(log: Path) -> int:
    """Return how many searches the log has, without those of the health checker, which have mark ids."""
    text = log.read_text(errors="replace")
    return text.count("WITH matching AS") - text.count("mark_id = ANY")


async def _many_equal(url: str, text: str, change: str, conninfo: str) -> None:
    """Open many sockets with one search, and wait until each has the one change."""
    sockets = await asyncio.gather(*(_opened(url) for _ in range(_MANY)))
    try:
        for socket in sockets:
            await socket.send(f'{{"part_name": "{text}"}}')
        for socket in sockets:
            assert '"count":0' in str(await asyncio.wait_for(socket.recv(), 20))
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(change.encode())
        for socket in sockets:
            assert '"count":1' in str(await asyncio.wait_for(socket.recv(), 20))
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


async def _opened(url: str) -> ClientConnection:
    return await connect(url.replace("http", "ws") + LIVE, proxy=None, open_timeout=60, compression=None)


def test_a_thousand_equal_searches_share_a_query(live_site: RunningSite, catalog: Connection) -> None:
    text = "Неповторимая деталь"
    workers = len(workers_of(live_site.pid("fastapi")))
    change = f"INSERT INTO part (name, mark_id, model_id, price) VALUES ('{text}', 1, 10, 5)"
    with statements_logged(live_site) as log:
        before = searches_in(log)
        asyncio.run(_many_equal(live_site.fastapi_url, text, change, live_site.conninfo))
        # Each process queries once at the start, and once after the change.
        assert 2 <= searches_in(log) - before <= 2 * workers
