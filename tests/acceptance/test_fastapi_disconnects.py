"""A search whose client disconnects: FastAPI removes it from the queue, or cancels its statement."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from partsearch.database.connections import workers
from tests.support.client_disconnects import disconnect, seconds_until_idle, start_searches, waiting_statements
from tests.support.deadline import wait_for
from tests.support.site import RunningSite

pytestmark = pytest.mark.alone

_ROUNDS = 5
_CLIENT = httpx.Client(timeout=20)


@pytest.fixture(params=["directly", "through Nginx"])
def url(request: pytest.FixtureRequest, live_site: RunningSite) -> str:
    return live_site.fastapi_url if request.param == "directly" else f"{live_site.url}/fastapi"


@contextmanager
def parts_locked(database: str) -> Iterator[psycopg.Connection[Any]]:
    """Make searches wait during the block, and yield a connection that shows them."""
    with psycopg.connect(database) as blocker, psycopg.connect(database, autocommit=True) as watcher:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        yield watcher


@pytest.mark.parametrize("number", [1, 40])
def test_no_query_runs_for_disconnected_clients(migrated_database: str, url: str, number: int) -> None:
    """One client, and more clients than connections: some searches run, and the others are in the queue."""
    with parts_locked(migrated_database) as watcher:
        for _ in range(_ROUNDS):
            clients = start_searches(url, number)
            wait_for(lambda: waiting_statements(watcher), what="a search that waits")
            disconnect(clients)
            seconds_until_idle(lambda: waiting_statements(watcher))
    began = time.monotonic()
    assert _CLIENT.get(f"{url}/search/part/").status_code == 200
    assert time.monotonic() - began < 1


def test_connections_stay_open_after_a_cancel(live_site: RunningSite, migrated_database: str) -> None:
    """The statement is cancelled, not the connection."""
    with parts_locked(migrated_database) as watcher:
        clients = start_searches(live_site.fastapi_url, 40)
        cancelled = {pid for pid, _ in wait_for(lambda: waiting_statements(watcher), what="a search that waits")}
        disconnect(clients)
        seconds_until_idle(lambda: waiting_statements(watcher))
        alive = {row[0] for row in watcher.execute("SELECT pid FROM pg_stat_activity")}
    assert cancelled <= alive


def searched(url: str, address: str) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    return _CLIENT.get(f"{url}/search/part/", headers={"X-Forwarded-For": address}), time.monotonic() - began


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        ([f"203.0.113.{last}" for last in range(60)], 503),
        (["203.0.113.7"] * 10, 429),
        ([f"2001:db8::{last:x}" for last in range(1, 11)], 429),
    ],
    ids=["many addresses", "one address", "one network"],
)
def test_a_search_that_waits_for_a_second_is_rejected(
    live_site: RunningSite, migrated_database: str, addresses: list[str], status: int
) -> None:
    with parts_locked(migrated_database), ThreadPoolExecutor(len(addresses)) as pool:
        answers = list(pool.map(lambda address: searched(live_site.fastapi_url, address), addresses))
    rejected = [(answer, seconds) for answer, seconds in answers if "took longer" not in answer.text]
    assert len(rejected) >= len(addresses) / 2
    for answer, seconds in rejected:
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"] == "1"
        assert 0.9 < seconds < 1.9


def test_an_address_over_its_share_does_not_delay_others(live_site: RunningSite, migrated_database: str) -> None:
    """Of its hundred searches one runs in each worker, so other clients find free connections."""
    with parts_locked(migrated_database) as watcher, ThreadPoolExecutor(100) as pool:
        greedy = [pool.submit(searched, live_site.fastapi_url, "203.0.113.7") for _ in range(100)]
        wait_for(lambda: waiting_statements(watcher), what="a search that waits")
        before = len(waiting_statements(watcher))
        clients = start_searches(live_site.fastapi_url, 2)
        wait_for(lambda: len(waiting_statements(watcher)) > before, 1.5, "the others")
        disconnect(clients)
        assert before <= workers()
        assert {future.result()[0].status_code for future in greedy} <= {429, 503}
