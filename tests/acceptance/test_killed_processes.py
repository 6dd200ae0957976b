"""``kill -9`` of each kind of process under load: only its requests in flight may fail."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import psutil
import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.load import Load
from tests.support.site import RunningSite

pytestmark = pytest.mark.alone
_CLIENTS = 8
_PAUSE_SECONDS = 0.01
_WARM = 200
"""The number of answers before the kill and after the recovery that show a steady load."""


@pytest.fixture(scope="module", autouse=True)
def catalog(live_site: RunningSite) -> None:
    """A catalog of a few parts."""
    generated = live_site.run("generate", "500")
    assert generated.returncode == 0, generated.stderr


def children(pid: int, of: str) -> list[int]:
    """Return the pids of the processes below ``pid`` whose command line or name contains ``of``."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        if of in " ".join([process.name(), *process.cmdline()]):
            found.append(process.pid)
    return found


def django_worker(site: RunningSite) -> int:
    return children(site.pid("django"), "granian")[-1]


def fastapi_worker(site: RunningSite) -> int:
    return children(site.pid("fastapi"), "spawn_main")[-1]


def nginx_worker(site: RunningSite) -> int:
    return children(site.pid("nginx"), "worker process")[-1]


def postgres_backend(site: RunningSite) -> int:
    with psycopg.connect(site.conninfo) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
        ).fetchone()
    assert row
    return int(row[0])


def master(service: str) -> Callable[[RunningSite], int]:
    return lambda site: site.pid(service)


@pytest.mark.parametrize(
    ("victim", "prefix", "most_failures"),
    [
        pytest.param(django_worker, "/django", _CLIENTS, id="Django worker"),
        pytest.param(fastapi_worker, "/fastapi", _CLIENTS, id="FastAPI worker"),
        pytest.param(nginx_worker, "", _CLIENTS, id="Nginx worker"),
        pytest.param(postgres_backend, "/django", _CLIENTS, id="PostgreSQL backend, Django asking"),
        pytest.param(postgres_backend, "/fastapi", _CLIENTS, id="PostgreSQL backend, FastAPI asking"),
        pytest.param(master("postgres"), "/django", _CLIENTS, id="all of PostgreSQL, Django asking"),
        pytest.param(master("postgres"), "/fastapi", _CLIENTS, id="all of PostgreSQL, FastAPI asking"),
    ],
)
def test_only_requests_in_flight_fail(
    live_site: RunningSite, victim: Callable[[RunningSite], int], prefix: str, most_failures: int
) -> None:
    pid = victim(live_site)
    with Load(live_site.url + prefix, _CLIENTS, _PAUSE_SECONDS).running() as load:
        wait_for(lambda: load.results()[200] >= _WARM, what="a steady load")
        killed = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(pid), what="the end of the process")
        wait_for(lambda: load.answered_since(killed + 0.5) >= _WARM, what="the recovery")
    assert len(load.failed()) <= most_failures, load.results()
    wait_for(lambda: set(states(live_site).values()) == {"RUNNING"}, what="that all processes run")


def states(site: RunningSite) -> dict[str, str]:
    """Return the state of each process by its name."""
    return {name: process["statename"] for name, process in site.supervised().items()}


@pytest.mark.parametrize("service", ["django", "fastapi", "nginx"])
def test_a_killed_master_is_restarted_without_its_orphans(live_site: RunningSite, service: str) -> None:
    """The workers of a killed master hold its port; they must end, and a new master must serve."""
    pid = live_site.pid(service)
    orphans = children(pid, "")
    prefix = "" if service == "nginx" else f"/{service}"
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(psutil.pid_exists(orphan) for orphan in orphans), what="the end of the orphans")
    wait_for(lambda: _answers(live_site, prefix), what=f"{service} to serve again")
    name = service if service == "nginx" else f"{service}-blue"
    wait_for(lambda: states(live_site)[name] == "RUNNING", what=f"{service} to be supervised again")
    assert live_site.pid(service) != pid


def _answers(site: RunningSite, prefix: str) -> bool:
    try:
        return site.client.get(f"{site.url}{prefix}/search/part/").status_code == 200
    except Exception:
        return False


@pytest.fixture(autouse=True)
def complete_site(live_site: RunningSite) -> Iterator[None]:
    """Each test begins and ends with a complete site."""
    yield
    for prefix in ("/django", "/fastapi"):
        wait_for(lambda prefix=prefix: _answers(live_site, prefix), what=f"{prefix} to serve")  # type: ignore[misc]
