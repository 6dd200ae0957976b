"""Long exports: their clients disconnect, stop reading or are too many; the database goes away in the middle."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from partsearch.contract.limits import EXPORTS_PER_WORKER
from partsearch.database.connections import workers
from tests.conftest import truncate_catalog
from tests.support.deadline import wait_for
from tests.support.site import RunningSite

_PARTS = 6_000
_SOON_SECONDS = 15.0
"""Half of the time after which the service itself ends an export that nobody reads; see contract/limits.py."""
_SEARCH_SECONDS = 10.0
"""A search that waited for an export would wait longer."""
_EXPORT = "/search/part/export/?format=jsonl"
_EXPORTING = """
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND state IN ('active', 'idle in transaction')
    AND (query ILIKE '%catalog_key%' OR query ILIKE 'FETCH%') AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module", autouse=True)
def many_parts(migrated_database: str) -> None:
    """Insert parts of 4 KB: more than all buffers on the way to a client hold."""
    truncate_catalog(migrated_database)
    with psycopg.connect(migrated_database) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (1, 'a')")
        connection.execute("INSERT INTO model (id, name, mark_id) VALUES (1, 'a', 1)")
        connection.execute(
            "INSERT INTO part (name, mark_id, model_id, price, json_data)"
            " SELECT 'a', 1, 1, 1, jsonb_build_object('video', repeat('x', 4000)) FROM generate_series(1, %s)",
            [_PARTS],
        )


@pytest.fixture(params=["django", "fastapi", "django through Nginx", "fastapi through Nginx"])
def url(request: pytest.FixtureRequest, live_site: RunningSite) -> str:
    """Return each route to each service."""
    name, _, nginx = request.param.partition(" ")
    return f"{live_site.url}/{name}" if nginx else str(getattr(live_site, f"{name}_url"))


@contextmanager
def sent_export(url: str) -> Iterator[socket.socket]:
    """Ask for an export, and read nothing of it."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(f"GET {address.path}{_EXPORT} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        yield client


@contextmanager
def begun_export(url: str) -> Iterator[None]:
    """Begin an export whose client reads the first bytes, and then nothing."""
    with sent_export(url) as client:
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        yield


@contextmanager
def watching(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def exporting(connection: psycopg.Connection[Any]) -> list[int]:
    """Return the backends that run exports."""
    return [row[0] for row in connection.execute(_EXPORTING)]


def test_a_whole_export_arrives(url: str) -> None:
    content = httpx.get(url + _EXPORT, timeout=30).content
    assert content.count(b"\n") == _PARTS


def test_a_client_that_disconnects_frees_the_connection(url: str, migrated_database: str) -> None:
    with watching(migrated_database) as watcher:
        with begun_export(url):
            wait_for(lambda: exporting(watcher), what="the export")
        wait_for(lambda: not exporting(watcher), _SOON_SECONDS, "the end of the export")


def test_a_client_that_disconnects_before_the_first_byte_ends_the_statement(url: str, migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as blocker, watching(migrated_database) as watcher:
        blocker.execute("LOCK TABLE model IN ACCESS EXCLUSIVE MODE")
        with sent_export(url):
            wait_for(lambda: exporting(watcher), what="the statement")
        wait_for(lambda: not exporting(watcher), _SOON_SECONDS, "the end of the statement")


def test_a_lost_database_cuts_the_connection(url: str, migrated_database: str) -> None:
    """The client must not take the part that has arrived for the whole."""
    with watching(migrated_database) as watcher, httpx.stream("GET", url + _EXPORT, timeout=20) as answer:
        assert answer.status_code == HTTPStatus.OK
        pieces = answer.iter_raw(1000)
        next(pieces)
        for pid in exporting(watcher):
            watcher.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)


def test_too_many_exports_are_rejected_and_searches_go_on(url: str) -> None:
    """Which worker gets a client is up to the kernel, so that more clients may be needed than exports may run."""
    with ExitStack() as running:
        for _ in range(4 * EXPORTS_PER_WORKER * workers()):
            client = running.enter_context(sent_export(url))
            if client.recv(12) == b"HTTP/1.1 503":
                break
        else:
            pytest.fail("no export was rejected")
        rejected = client.recv(65_536).decode()
        assert "application/problem+json" in rejected
        assert "Retry-After: 10" in rejected.title()
        for _ in range(20):
            assert httpx.get(f"{url}/search/part/", timeout=_SEARCH_SECONDS).status_code == HTTPStatus.OK
