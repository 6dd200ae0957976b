"""The database stopped, suspended, or too slow: a clear 503 in time, and a recovery without a restart."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from partsearch.contract.errors import service_busy
from partsearch.database.connections import needed_connections
from tests.support.client_disconnects import waiting_statements
from tests.support.deadline import wait_for
from tests.support.site import RunningSite

pytestmark = pytest.mark.alone

_PROBLEM_SECONDS = 3.0
_MANY = 40
_CLIENT = httpx.Client(timeout=30)
"""One TLS context for all: forty threads that each create one need a second, which is not the service's time."""


def search(url: str) -> tuple[httpx.Response, float]:
    """Return the answer to a search, and its latency in seconds."""
    started = time.monotonic()
    response = _CLIENT.post(f"{url}/search/part/", json={"part_name": "бампер"})
    return response, time.monotonic() - started


def assert_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["status"] == 503


def is_cancelled(url: str) -> bool:
    """Return whether PostgreSQL has ended a search in time, and the client reads why."""
    response, seconds = search(url)
    assert_unavailable(response)
    assert seconds < _PROBLEM_SECONDS
    return "took longer" in response.json()["detail"]


@contextmanager
def postgres_stopped(site: RunningSite) -> Iterator[None]:
    """Stop PostgreSQL; it stays down until the end of the block."""
    from partsearch.operation.site import Site

    supervisor = Site().supervisor
    supervisor._call("stopProcess", "postgres")
    try:
        yield
    finally:
        supervisor.start_process("postgres")


@contextmanager
def postgres_suspended(site: RunningSite) -> Iterator[None]:
    """Suspend all processes of PostgreSQL: it accepts no connection and sends no answer."""
    postmaster = psutil.Process(site.pid("postgres"))
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.mark.parametrize("make_unavailable", [postgres_stopped, postgres_suspended])
def test_the_services_answer_503_in_time_and_recover(
    live_site: RunningSite, make_unavailable: Callable[[RunningSite], Any]
) -> None:
    before = {service: live_site.pid(service) for service in ("django", "fastapi")}
    for url in live_site.services:
        assert search(url)[0].status_code == 200
    with make_unavailable(live_site), ThreadPoolExecutor(_MANY) as pool:
        for url in live_site.services:
            for response, seconds in pool.map(search, [url] * _MANY):
                assert_unavailable(response)
                assert seconds < _PROBLEM_SECONDS, f"{response.headers['X-Engine']} took {seconds:.2f} s"
            assert_unavailable(httpx.get(f"{url}/readyz", timeout=10))
            assert httpx.get(f"{url}/healthz", timeout=1).status_code == 200
    for url in live_site.services:
        wait_for(lambda url=url: search(url)[0].status_code == 200, what="the recovery")  # type: ignore[misc]
    assert {service: live_site.pid(service) for service in before} == before


def test_the_page_says_that_the_database_is_unavailable(live_site: RunningSite) -> None:
    with postgres_stopped(live_site):
        response = httpx.get(f"{live_site.url}/", timeout=10)
        assert response.status_code == 503
        assert "text/html" in response.headers["Content-Type"]
        admin = httpx.get(
            f"{live_site.url}/admin/catalog/part/",
            headers={"Accept": "text/html", "Cookie": f"sessionid={'w' * 32}"},
            timeout=20,
        )
        assert admin.status_code == 503
        assert "503" in admin.text
        assert int(admin.headers["Retry-After"]) > 0
    wait_for(lambda: httpx.get(f"{live_site.url}/", timeout=10).status_code == 200, what="the page")


def test_a_search_over_its_time_limit_is_cancelled(live_site: RunningSite) -> None:
    """A search that waits for a lock is the slowest possible one; its backend must stop waiting."""
    with psycopg.connect(live_site.conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        for url in live_site.services:
            # A pause of the machine of 0.3 s looks like a database that does not cancel. It does not happen each time.
            wait_for(lambda url=url: is_cancelled(url), what="the cancelled search")  # type: ignore[misc]
        with psycopg.connect(live_site.conninfo, autocommit=True) as watcher:
            wait_for(lambda: not waiting_statements(watcher), 10, "the end of the waiting backends")
    for url in live_site.services:
        assert search(url)[0].status_code == 200


def test_more_clients_than_connections_all_get_answers(live_site: RunningSite) -> None:
    """With 1,000 clients PostgreSQL never runs out of connections: requests wait in the services, for a second."""
    generated = live_site.run("generate", "200")
    assert generated.returncode == 0, generated.stderr
    for url in live_site.services:
        with ThreadPoolExecutor(1000) as pool:
            answers = list(pool.map(lambda _, url=url: raw_answer(url), range(2000)))  # type: ignore[misc]
        assert {body for status, body in answers if status != 200} <= {service_busy().body()}
        assert sum(status == 200 for status, _ in answers) > needed_connections()


def raw_answer(url: str) -> tuple[int, bytes]:
    """Return the answer to a search on a new connection: a thousand threads break a shared connection pool."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        connection.request("GET", "/search/part/")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
