"""A disk that fills up under a running site: the site survives, reports it, and recovers when there is free space.

The disk is a small file system in memory, which only root can mount.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from partsearch.operation.home import Home
from partsearch.operation.supervision.supervisor import Supervisor
from tests.support.deadline import wait_for
from tests.support.processes import is_dead
from tests.support.site import RunningSite, free_environment
from tests.support.small_disk import empty, fill, keep_connectable, small_disk

_DISK_MEBIBYTES = 420
_SECONDS = 60


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(_DISK_MEBIBYTES) as folder:
        yield folder


@pytest.fixture
def site(disk: Path) -> Iterator[RunningSite]:
    with RunningSite.started(free_environment(disk / "home")) as site:
        yield site


def supervised(site: RunningSite, name: str) -> dict[str, Any]:
    """Return what the supervisor reports about a process."""
    return Supervisor(Home(site.home)).processes()[name]


def answers(site: RunningSite, path: str) -> bool:
    return site.client.get(f"{site.url}{path}").status_code == 200


def kill(site: RunningSite, name: str) -> None:
    pid = supervised(site, name)["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_dead(pid))


def log_much(conninfo: str) -> None:
    """Make PostgreSQL log an error that is longer than the free part of the last page of the disk."""
    with psycopg.connect(conninfo) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute(f"SELECT '{'x' * 50_000}' FROM nowhere".encode())


def test_a_site_survives_a_full_disk_and_reports_it(site: RunningSite, disk: Path) -> None:
    supervisor = psutil.Process(int((site.home / "run/supervisord.pid").read_text()))
    conninfo = site.conninfo
    keep_connectable(site)
    fill(disk)
    log_much(conninfo)
    for name in ("django-blue", "health-checker"):
        kill(site, name)
    for service in ("django", "fastapi"):
        wait_for(lambda: answers(site, f"/{service}/search/part/"), _SECONDS, f"{service} to answer")  # noqa: B023
    assert "is full: 0 MiB are free" in site.status()["full_disk"]
    assert "is full" in site.run("status").stdout
    doctor = site.run("doctor")
    assert (doctor.returncode, "is full" in doctor.stdout, "is taken" in doctor.stdout) == (1, True, False)
    kill(site, "postgres")
    wait_for(lambda: supervised(site, "postgres")["statename"] == "BACKOFF", _SECONDS, "the failed start of PostgreSQL")
    assert supervisor.is_running()
    empty(disk)
    wait_for(lambda: supervised(site, "postgres")["statename"] == "RUNNING", _SECONDS, "PostgreSQL to run")
    wait_for(lambda: answers(site, "/search/part/"), _SECONDS, "the search to answer")
    assert supervisor.is_running()
    assert "is full" not in site.run("status").stdout
    assert "bytes of this log are lost: No space left on device" in (site.home / "logs/postgres.log").read_text()
