"""A search of the Django service: it ends when its client disconnects, and is rejected after a long wait."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from partsearch.contract.errors import address_busy, query_too_slow, service_busy
from partsearch.database.connections import DJANGO_PER_WORKER, workers
from tests.support.client_disconnects import WAITING_SEARCHES
from tests.support.deadline import wait_for
from tests.support.site import RunningSite

pytestmark = pytest.mark.alone

_SOON_SECONDS = 1.5
"""Sooner than the time limit of two seconds ends a statement."""
_BUSY_SECONDS = 0.9
"""A request that waited for a thread would be rejected after a second. The machine may pause for most of it."""
_THREADS = DJANGO_PER_WORKER * workers()
_MANY = 40
_CLIENT = httpx.Client(timeout=20)
"""One for all threads: a new one takes longer than a search, so forty threads would not search at the same time."""
_TOO_SLOW = query_too_slow(2).body()


@contextmanager
def locked(conninfo: str, table: str = "part") -> Iterator[psycopg.Connection[Any]]:
    """Lock a table: a query that reads it waits during the block, up to its time limit of two seconds."""
    with psycopg.connect(conninfo) as blocker, psycopg.connect(conninfo, autocommit=True) as watcher:
        blocker.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        try:
            yield watcher
        finally:
            blocker.rollback()


def waiting_statements(watcher: psycopg.Connection[Any]) -> int:
    """Return how many statements wait for the lock."""
    return len(watcher.execute(WAITING_SEARCHES).fetchall())


@contextmanager
def searching(url: str, number: int = 1) -> Iterator[None]:
    """Send searches from as many clients, which disconnect without an answer at the end of the block."""
    address = urlsplit(url)
    assert address.hostname is not None
    clients = [HTTPConnection(address.hostname, address.port, timeout=20) for _ in range(number)]
    for count, client in enumerate(clients):
        if count % 2:
            client.request("GET", f"{address.path}/search/part/")
        else:
            body, headers = '{"part_name": "a"}', {"Content-Type": "application/json"}
            client.request("POST", f"{address.path}/search/part/", body, headers)
    try:
        yield
    finally:
        for client in clients:
            client.close()


@pytest.fixture(params=["direct", "through Nginx"])
def url(request: pytest.FixtureRequest, live_site: RunningSite) -> str:
    """Each route to the Django service."""
    return live_site.django_url if request.param == "direct" else f"{live_site.url}/django"


def test_the_statement_of_a_disconnected_client_is_cancelled(migrated_database: str, url: str) -> None:
    with locked(migrated_database) as watcher:
        with searching(url, 2):
            wait_for(lambda: waiting_statements(watcher) == 2, what="the statements")
        left = time.monotonic()
        wait_for(lambda: not waiting_statements(watcher), _SOON_SECONDS, "the end of the statements")
        print(f"ended {(time.monotonic() - left) * 1000:.0f} ms after the disconnect")
    assert _CLIENT.get(f"{url}/search/part/", timeout=20).status_code == 200


def test_the_page_of_a_disconnected_client_is_cancelled(live_site: RunningSite, migrated_database: str) -> None:
    with locked(migrated_database) as watcher:
        with pytest.raises(httpx.ReadTimeout):
            _CLIENT.get(f"{live_site.url}/", timeout=0.3)
        wait_for(lambda: not waiting_statements(watcher), _SOON_SECONDS, "the end of the statement")


def test_searches_in_the_queue_are_dropped(migrated_database: str, url: str) -> None:
    with locked(migrated_database) as watcher:
        with searching(url, _MANY):
            wait_for(lambda: waiting_statements(watcher) == _THREADS, what="a statement of each thread")
        left = time.monotonic()
        for _ in range(10):
            assert _CLIENT.get(f"{url}/mark/", timeout=20).status_code == 200
        assert time.monotonic() - left < _SOON_SECONDS
        wait_for(lambda: not waiting_statements(watcher), _SOON_SECONDS, "the end of the statements")


def test_a_search_that_waits_for_a_thread_is_rejected_after_a_second(
    live_site: RunningSite, migrated_database: str
) -> None:
    url = f"{live_site.django_url}/search/part/"
    with locked(migrated_database), ThreadPoolExecutor(_MANY) as clients:
        answers = list(
            clients.map(lambda n: _CLIENT.get(url, headers={"X-Request-Id": f"id-{n}"}, timeout=20), range(_MANY))
        )
    rejected = [answer for answer in answers if answer.content != _TOO_SLOW]
    assert len(rejected) == _MANY - _THREADS
    for answer in rejected:
        assert (answer.status_code, answer.content) == (503, service_busy().body())
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Engine"] == "django"
        assert answer.headers["X-Release"] == answers[0].headers["X-Release"]
        assert int(answer.headers["Retry-After"]) > 0
        assert 0.9 < answer.elapsed.total_seconds() < 1.9
    assert {answer.headers["X-Request-Id"] for answer in rejected} < {f"id-{number}" for number in range(_MANY)}


def test_healthz_is_answered_while_all_threads_are_busy(live_site: RunningSite, migrated_database: str) -> None:
    with locked(migrated_database) as watcher, searching(live_site.django_url, 2 * _THREADS):
        wait_for(lambda: waiting_statements(watcher) == _THREADS, what="a statement of each thread")
        for _ in range(10):
            answer = _CLIENT.get(
                f"{live_site.django_url}/healthz", timeout=_BUSY_SECONDS, headers={"Host": "any.example"}
            )
            assert (answer.status_code, answer.content) == (200, b'{"status":"ok"}')
            assert answer.headers["X-Engine"] == "django"


def test_an_address_has_its_share_and_delays_no_other(live_site: RunningSite, migrated_database: str) -> None:
    url, greedy = live_site.django_url, {"X-Real-IP": "203.0.113.7"}
    with locked(migrated_database) as watcher, ThreadPoolExecutor(_MANY) as clients:
        answers = [clients.submit(_CLIENT.get, f"{url}/search/part/", headers=greedy, timeout=20) for _ in range(_MANY)]
        wait_for(lambda: waiting_statements(watcher) == workers(), what="a statement in each worker")
        for _ in range(10):
            other = _CLIENT.get(f"{url}/mark/", headers={"X-Real-IP": "203.0.113.8"}, timeout=_BUSY_SECONDS)
            assert other.status_code == 200
        assert waiting_statements(watcher) == workers()
    found = [answer.result() for answer in answers]
    assert sum(answer.content == _TOO_SLOW for answer in found) == workers()
    rejected = [answer for answer in found if answer.content != _TOO_SLOW]
    assert {(answer.status_code, answer.content) for answer in rejected} == {(429, address_busy().body())}
    assert max(answer.elapsed.total_seconds() for answer in rejected) < 1.9
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in rejected)


def test_the_admin_has_one_thread_of_a_worker(live_site: RunningSite, migrated_database: str) -> None:
    """A login hashes a password for a fifth of a second. The other threads stay free for searches."""
    url, headers = live_site.django_url, {"Cookie": f"sessionid={'w' * 32}"}
    with ThreadPoolExecutor(_MANY) as clients, locked(migrated_database, "django_session") as watcher:
        answers = [clients.submit(_CLIENT.get, f"{url}/admin/login/", headers=headers) for _ in range(10)]
        wait_for(lambda: waiting_statements(watcher) == workers(), what="a statement in each worker")
        for _ in range(10):
            assert _CLIENT.get(f"{url}/search/part/", timeout=_BUSY_SECONDS).status_code == 200
        assert waiting_statements(watcher) == workers()
    assert 200 in {answer.result().status_code for answer in answers}


@pytest.fixture
def mark_form(live_site: RunningSite, empty_catalog: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Return the path of the form of a mark, the headers of a logged-in user, and the body that the form sends."""
    with psycopg.connect(empty_catalog) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('Before')")
    live_site.run(
        "manage", "createsuperuser", "--noinput", "--username", "boss", "--email", "boss@example.org",
        DJANGO_SUPERUSER_PASSWORD="of the tests",
    )  # fmt: skip
    with httpx.Client(base_url=live_site.django_url, timeout=20) as client:
        client.get("/admin/login/")
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/admin/login/", data={"username": "boss", "password": "of the tests", **token})
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        fields = {"name": "After", "is_visible": "on", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        inline = {"model_set-TOTAL_FORMS": "0", "model_set-INITIAL_FORMS": "0"}
        body = httpx.Request("POST", "http://h", data={**fields, **inline}).content.decode()
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        yield "/admin/catalog/mark/1/change/", headers, body


def test_a_write_of_the_admin_completes_after_a_disconnect(
    live_site: RunningSite, empty_catalog: str, mark_form: tuple[str, dict[str, str], str]
) -> None:
    path, headers, body = mark_form
    with (
        psycopg.connect(empty_catalog) as blocker,
        psycopg.connect(empty_catalog, autocommit=True) as watcher,
    ):
        blocker.execute("SELECT FROM mark FOR UPDATE")
        address = urlsplit(live_site.django_url)
        client = HTTPConnection(str(address.hostname), address.port, timeout=20)
        client.request("POST", path, body, headers)
        wait_for(lambda: waiting_statements(watcher) == 1, what="the statement of the admin")
        client.close()
        # A later search that is cancelled shows that a cancellation of the POST would have happened by now.
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        with searching(live_site.django_url):
            wait_for(lambda: waiting_statements(watcher) == 2, what="the statement of the search")
        wait_for(lambda: waiting_statements(watcher) == 1, _SOON_SECONDS, "the end of the search")
        blocker.rollback()
        wait_for(
            lambda: watcher.execute("SELECT name FROM mark").fetchall() == [("After",)], what="what the admin writes"
        )
