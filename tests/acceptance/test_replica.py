"""A streaming standby answers the searches; when it is unavailable, the primary does, and no search fails."""

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import psycopg
import pytest

from tests.support.client_disconnects import (
    BUSY_DISCONNECT_SECONDS,
    disconnect,
    seconds_until_idle,
    start_searches,
    waiting_statements,
)
from tests.support.deadline import wait_for
from tests.support.load import Load
from tests.support.postgres import EMBEDDED, LIBC_UTF8, PostgresCluster
from tests.support.site import RunningSite, free_environment

_PARTS = 300
_CLIENTS = 16


@pytest.fixture(scope="module")
def primary() -> Iterator[PostgresCluster]:
    """The server that receives all writes."""
    with PostgresCluster.started(EMBEDDED, LIBC_UTF8) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def address(primary: PostgresCluster) -> str:
    """The address of the database on the primary."""
    return primary.create_database("partsearch", owner="partsearch")


@pytest.fixture(scope="module")
def standby(primary: PostgresCluster, address: str) -> Iterator[PostgresCluster]:
    """The standby of the primary."""
    with PostgresCluster.standby_of(primary) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def site(address: str, standby: PostgresCluster) -> Iterator[RunningSite]:
    """A site that searches on the standby."""
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as folder:
        environment = free_environment(Path(folder) / "home")
        settings = {"DATABASE_URL": address, "DATABASE_REPLICA_URL": standby.url("partsearch", "partsearch")}
        with RunningSite.started({**environment, **settings}) as running:
            yield running


def count(url: str) -> int:
    """Return the number of parts that a search without criteria counts."""
    answer = httpx.get(f"{url}/search/part/", timeout=20)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["count"])


def searching(cluster: PostgresCluster) -> int:
    """Return the number of connections of the services to a server."""
    with psycopg.connect(cluster.conninfo("partsearch")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'partsearch' AND application_name = 'partsearch'"
            " AND query NOT LIKE '%%django_migrations%%'"
        ).fetchone()
    return int(row[0]) if row else 0


def test_searches_return_the_replayed_state_of_the_standby(
    site: RunningSite, primary: PostgresCluster, standby: PostgresCluster
) -> None:
    assert site.run("generate", str(_PARTS)).returncode == 0
    for url in site.services:
        wait_for(lambda url=url: count(url) > 0, what="the replay")  # type: ignore[misc]
    standby.run("SELECT pg_wal_replay_pause()")
    before = [count(url) for url in site.services]
    primary.run("UPDATE part SET is_visible = false", database="partsearch")
    assert [count(url) for url in site.services] == before
    standby.run("SELECT pg_wal_replay_resume()")
    for url in (*site.services, site.url):
        wait_for(lambda url=url: count(url) == 0, what="the replay")  # type: ignore[misc]
    primary.run("UPDATE part SET is_visible = true", database="partsearch")


def killed(standby: PostgresCluster) -> Callable[[], None]:
    """Kill the standby; return a function that starts it again."""
    standby.stop(signal.SIGKILL)
    return standby.start


def suspended(standby: PostgresCluster) -> Callable[[], None]:
    """Suspend the processes of the standby; return a function that resumes them."""
    master = psutil.Process(int((standby.data / "postmaster.pid").read_text().splitlines()[0]))
    processes = [master, *master.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.suspend()

    def resume() -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()

    return resume


@pytest.mark.parametrize("make_unavailable", [killed, suspended])
def test_searches_continue_when_the_standby_is_unavailable(
    site: RunningSite, standby: PostgresCluster, make_unavailable: Callable[[PostgresCluster], Callable[[], None]]
) -> None:
    """More clients than connections: the searches in the queue are not rejected while the standby is silent."""
    loads = [Load(url, clients=_CLIENTS, pause=0.1) for url in site.services]
    with ExitStack() as stack:
        for load in loads:
            stack.enter_context(load.running())
        wait_for_answers(loads)
        assert searching(standby) > 0
        restore = make_unavailable(standby)
        try:
            wait_for_answers(loads)
        finally:
            restore()
        wait_for_answers(loads)
    for load in loads:
        assert load.failed() == [], load.results()
    for url in site.services:
        wait_for(lambda url=url: asks_standby(url, standby), 30, "the return to the standby")  # type: ignore[misc]


def asks_standby(url: str, standby: PostgresCluster) -> bool:
    """Return whether a search is sent to the standby again."""
    with psycopg.connect(standby.conninfo(), autocommit=True) as connection:
        connection.execute("SELECT pg_stat_clear_snapshot()")
        before = tuples_read(connection)
        count(url)
        return tuples_read(connection) > before


def tuples_read(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT tup_returned FROM pg_stat_database WHERE datname = 'partsearch'").fetchone()
    return row[0] if row else 0


def wait_for_answers(loads: list[Load]) -> None:
    """Return when both services have answered again."""
    now = time.monotonic()
    wait_for(lambda: all(load.answered_since(now) > 50 for load in loads), what="answers")


def test_a_search_of_a_disconnected_client_is_cancelled_and_not_sent_to_the_primary(
    site: RunningSite, primary: PostgresCluster, standby: PostgresCluster
) -> None:
    """A lock on the primary also applies on its standby."""
    wait_for(lambda: asks_standby(site.fastapi_url, standby), what="searches at the standby")
    with ExitStack() as stack:
        blocker = stack.enter_context(psycopg.connect(primary.conninfo("partsearch")))
        at_standby, at_primary = (
            stack.enter_context(psycopg.connect(cluster.conninfo("partsearch"), autocommit=True))
            for cluster in (standby, primary)
        )
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        # The lock is sent at the next write to the log.
        primary.run("SELECT pg_switch_wal()")
        for url in (site.fastapi_url, f"{site.url}/fastapi"):
            wait_for(lambda: locks(at_standby), what="the lock at the standby")
            clients = start_searches(url, 20)
            wait_for(lambda: waiting_statements(at_standby), what="a search that waits")
            disconnect(clients)
            seconds_until_idle(
                lambda: waiting_statements(at_standby) + waiting_statements(at_primary), BUSY_DISCONNECT_SECONDS
            )
    wait_for(lambda: asks_standby(site.fastapi_url, standby), what="the next search at the standby")


def locks(connection: psycopg.Connection[Any]) -> list[Any]:
    """Return the exclusive locks on the table of the parts."""
    return connection.execute(
        "SELECT pid FROM pg_locks WHERE relation = 'part'::regclass AND mode = 'AccessExclusiveLock' AND granted"
    ).fetchall()


def waiting_at(cluster: PostgresCluster) -> int:
    """Return the number of searches that wait for a lock on a server."""
    with psycopg.connect(cluster.conninfo()) as connection:
        return len(waiting_statements(connection))


def test_a_django_search_of_a_disconnected_client_is_cancelled_and_not_sent_to_the_primary(
    site: RunningSite, primary: PostgresCluster, standby: PostgresCluster
) -> None:
    """The standby replays the lock: the search waits there, is cancelled there, and is not sent to the primary."""
    address = urlsplit(site.django_url)
    wait_for(lambda: asks_standby(site.django_url, standby), what="searches at the standby")
    with psycopg.connect(primary.conninfo("partsearch")) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        # The lock is sent at the next write to the log.
        primary.run("SELECT pg_switch_wal()")
        with psycopg.connect(standby.conninfo("partsearch"), autocommit=True) as at_standby:
            wait_for(lambda: locks(at_standby), what="the lock at the standby")
        client = HTTPConnection(str(address.hostname), address.port, timeout=20)
        client.request("GET", "/search/part/")
        wait_for(lambda: waiting_at(standby) == 1, what="the search at the standby")
        client.close()
        deadline = time.monotonic() + 1
        while waiting_at(standby):
            assert time.monotonic() < deadline, "the search still runs on the standby"
            assert not waiting_at(primary)
        assert not waiting_at(primary)
    wait_for(lambda: count(site.django_url) >= 0, what="an answer")


def test_the_site_starts_without_the_standby(address: str) -> None:
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as folder:
        environment = free_environment(Path(folder) / "home")
        unreachable = "postgresql://partsearch@127.0.0.1:1/partsearch"
        settings = {"DATABASE_URL": address, "DATABASE_REPLICA_URL": unreachable}
        with RunningSite.started({**environment, **settings}) as site:
            for url in (*site.services, site.url):
                assert httpx.get(f"{url}/readyz", timeout=20).status_code == 200
                count(url)
