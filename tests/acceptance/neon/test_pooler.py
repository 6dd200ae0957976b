"""The pooler between the site and the database: restarted, full, and without leftovers of the site."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
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
from tests.support.neon.emulation import EmulatedNeon
from tests.support.site import RunningSite

# What PgBouncer itself sets on a server connection, so that it matches the client's.
_TRACKED = ("application_name", "client_encoding")
_DEADLINE_SECONDS = 8.0


@contextmanager
def steady_load(site: RunningSite) -> Iterator[list[Load]]:
    """Send steady searches to both services during the block; none may fail."""
    loads = [Load(url, clients=4, pause=0.02) for url in site.services]
    with ExitStack() as stack:
        for load in loads:
            stack.enter_context(load.running())
        wait_for_answers(loads)
        yield loads
        wait_for_answers(loads)
    for load in loads:
        assert load.failed() == [], load.results()


def wait_for_answers(loads: list[Load]) -> None:
    """Return when both services have answered again."""
    now = time.monotonic()
    wait_for(lambda: all(load.answered_since(now) > 20 for load in loads), what="answers")


@pytest.mark.parametrize("kill", [False, True], ids=["gently", "kill -9"])
def test_a_restart_of_the_pooler_fails_no_search(neon: EmulatedNeon, neon_site: RunningSite, kill: bool) -> None:
    with steady_load(neon_site) as loads:
        for _ in range(3):
            neon.restart_pooler(kill=kill)
            wait_for_answers(loads)


def test_searches_wait_for_a_full_pooler_and_then_get_503(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    neon.restart_pooler(max_client_conn=3)
    try:
        with ExitStack() as others:
            wait_for(lambda: fill(neon, others), what="a full pooler")
            with ThreadPoolExecutor(2) as clients:
                answers = clients.map(lambda url: httpx.get(f"{url}/search/part/", timeout=20), neon_site.services)
            for answer in answers:
                assert answer.status_code == 503
                assert int(answer.headers["Retry-After"]) > 0
                assert answer.elapsed.total_seconds() < _DEADLINE_SECONDS + 1.5
    finally:
        neon.restart_pooler()
    for url in neon_site.services:
        wait_for(lambda url=url: every_worker_answers(url), what="the recovery")  # type: ignore[misc]


def every_worker_answers(url: str) -> bool:
    """Return whether twenty searches in a row are answered, each by any worker."""
    return all(httpx.get(f"{url}/search/part/", timeout=20).status_code == 200 for _ in range(20))


def fill(neon: EmulatedNeon, others: ExitStack) -> bool:
    """Take one more connection of the pooler; return whether there was none left."""
    try:
        others.enter_context(psycopg.connect(neon.pooled_url, connect_timeout=5, autocommit=True)).execute("SELECT 1")
    except psycopg.OperationalError as error:
        assert "no more connections allowed" in str(error)
        return True
    return False


def test_clients_of_a_busy_pooler_wait_and_are_all_answered(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    neon.restart_pooler(default_pool_size=1)
    try:
        with steady_load(neon_site):
            pass
    finally:
        neon.restart_pooler()


def change_schema(conninfo: str) -> None:
    """Make schema changes that invalidate prepared statements, and revert them."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '5s'")
        for statement in (
            "ALTER TABLE part ADD COLUMN of_a_later_release text",
            "ALTER TABLE part ALTER COLUMN price TYPE numeric(14, 2)",
            "ALTER TABLE mark ALTER COLUMN is_visible SET DEFAULT true",
            "ALTER TABLE part ALTER COLUMN price TYPE numeric(12, 2)",
            "ALTER TABLE part DROP COLUMN of_a_later_release",
        ):
            connection.execute(statement.encode())


def test_a_schema_change_under_load_fails_no_search(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    with steady_load(neon_site) as loads:
        for _ in range(3):
            change_schema(neon.direct_url)
            wait_for_answers(loads)


def test_a_schema_change_fails_no_search_where_statements_are_prepared(
    live_site: RunningSite, migrated_database: str
) -> None:
    """Connections to the embedded database are direct, and their prepared statements outlive a search."""
    assert live_site.run("generate", "200").returncode == 0
    with steady_load(live_site) as loads:
        for _ in range(3):
            change_schema(migrated_database)
            wait_for_answers(loads)


def test_a_search_over_its_time_limit_is_cancelled_behind_the_pooler_too(
    neon: EmulatedNeon, neon_site: RunningSite
) -> None:
    """The pooler takes no statement_timeout: the service cancels the search, and its backend stops waiting."""
    with psycopg.connect(neon.superuser_conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        for url in neon_site.services:
            answer = httpx.get(f"{url}/search/part/", timeout=20)
            assert answer.status_code == 503
            assert "took longer" in answer.json()["detail"]
            assert answer.elapsed.total_seconds() < 3
            with psycopg.connect(neon.superuser_conninfo, autocommit=True) as watcher:
                wait_for(lambda watcher=watcher: not waiting_statements(watcher), 10, "the end of the backend")  # type: ignore[misc]
    for url in neon_site.services:
        assert httpx.get(f"{url}/search/part/", timeout=20).status_code == 200


@pytest.mark.parametrize("pool_size", [1, 20], ids=["in the pooler's queue too", "in the database"])
def test_a_search_of_a_disconnected_client_is_cancelled_behind_the_pooler_too(
    neon: EmulatedNeon, neon_site: RunningSite, pool_size: int
) -> None:
    neon.restart_pooler(default_pool_size=pool_size)
    try:
        with (
            psycopg.connect(neon.superuser_conninfo, autocommit=True) as watcher,
            psycopg.connect(neon.superuser_conninfo) as blocker,
        ):
            blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
            for url in (neon_site.fastapi_url, f"{neon_site.url}/fastapi"):
                clients = start_searches(url, 20)
                wait_for(lambda: waiting_statements(watcher), what="a search that waits")
                disconnect(clients)
                seconds_until_idle(lambda: waiting_statements(watcher), BUSY_DISCONNECT_SECONDS)
        for _ in range(20):
            assert httpx.get(f"{neon_site.fastapi_url}/search/part/", timeout=20).status_code == 200
    finally:
        neon.restart_pooler()


def test_a_django_search_of_a_disconnected_client_is_cancelled_behind_the_pooler_too(
    neon: EmulatedNeon, neon_site: RunningSite
) -> None:
    address = urlsplit(neon_site.django_url)
    with psycopg.connect(neon.superuser_conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        with psycopg.connect(neon.superuser_conninfo, autocommit=True) as watcher:
            client = HTTPConnection(str(address.hostname), address.port, timeout=20)
            client.request("GET", "/search/part/")
            wait_for(lambda: waiting_statements(watcher), what="the statement")
            client.close()
            wait_for(lambda: not waiting_statements(watcher), 1.5, "the end of the statement")
    assert httpx.get(f"{neon_site.django_url}/search/part/", timeout=20).status_code == 200


def left_behind(connection: psycopg.Connection[Any]) -> list[Any]:
    """Return what earlier clients left on the one connection that the pooler gives to all clients."""
    return connection.execute(
        "SELECT 'setting', name FROM pg_settings WHERE source = 'session' AND name <> ALL (%s)"
        " UNION ALL SELECT 'statement', name FROM pg_prepared_statements"
        " UNION ALL SELECT 'lock', objid::text FROM pg_locks WHERE locktype = 'advisory'"
        " UNION ALL SELECT 'listening', pg_listening_channels()"
        " UNION ALL SELECT 'table', relname FROM pg_class WHERE relpersistence = 't'",
        [list(_TRACKED)],
    ).fetchall()


def test_the_site_leaves_nothing_on_the_connections_of_the_pooler(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    with psycopg.connect(neon.superuser_conninfo, autocommit=True) as superuser:
        # Django uses UTC, and would set it on a connection where the database has another time zone.
        superuser.execute("ALTER DATABASE neondb SET timezone = 'Europe/Moscow'")
    neon.restart_pooler(default_pool_size=1)
    try:
        with psycopg.connect(neon.pooled_url, autocommit=True, prepare_threshold=None) as connection:
            assert left_behind(connection) == []
            use_everything(neon_site)
            assert left_behind(connection) == []
            with psycopg.connect(neon.pooled_url, autocommit=True) as leaky:
                leaky.execute("SET search_path = elsewhere")
                leaky.execute("SELECT pg_advisory_lock(7)")
            assert {("setting", "search_path"), ("lock", "7")} == set(left_behind(connection)), (
                "the test must detect leftovers"
            )
    finally:
        neon.restart_pooler()


def use_everything(site: RunningSite) -> None:
    """Search many times, read lists and the page, log in to the admin and change something there."""
    for url in site.services:
        for page in range(1, 21):
            assert httpx.get(f"{url}/search/part/?page={page}", timeout=20).status_code == 200
        assert httpx.get(f"{url}/readyz", timeout=20).status_code == 200
    for path in ("/mark/", "/model/", "/"):
        assert httpx.get(f"{site.django_url}{path}", timeout=20).status_code == 200
    change_a_mark_in_the_admin(site)


def change_a_mark_in_the_admin(site: RunningSite) -> None:
    made = site.run(
        "manage", "createsuperuser", "--noinput", "--username", "boss", "--email", "boss@example.org",
        DJANGO_SUPERUSER_PASSWORD="of the tests",
    )  # fmt: skip
    assert made.returncode == 0 or "taken" in made.stderr, made.stderr
    with httpx.Client(base_url=site.django_url, follow_redirects=True, timeout=20) as client:
        client.get("/admin/login/")
        form = {"username": "boss", "password": "of the tests", "next": "/admin/"}
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/admin/login/", data={**form, **token}).status_code == 200
        inline = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
        form = {"name": f"Mark of {time.monotonic()}", "producer_country_name": "Япония", "is_visible": "on"}
        form |= {f"model_set-{name}": value for name, value in inline.items()}
        form |= {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/admin/catalog/mark/add/", data=form).status_code == 200
        assert form["name"] in client.get("/admin/catalog/mark/").text
