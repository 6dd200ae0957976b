"""A site that a release with another name for the health checker has started, and the commands of this release."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import partsearch
from tests.acceptance.deploy.changed_copy import changed_copy
from tests.support.deadline import wait_for
from tests.support.processes import is_dead
from tests.support.site import COMMAND_SECONDS, RunningSite, free_environment

_NAMES = Path(partsearch.__file__).parent / "operation/names.py"


@pytest.fixture
def site(home: Path) -> Iterator[RunningSite]:
    """A site that was started by a release whose health checker is ``guard``."""
    site = RunningSite(free_environment(home))
    old = _NAMES.read_text().replace('HEALTH_CHECKER = "health-checker"', 'HEALTH_CHECKER = "guard"')
    with changed_copy("older", {"operation/names.py": old}) as release:
        command = [str(release.python), "-m", "partsearch", "up"]
        up = subprocess.run(command, env=site.environment, capture_output=True, text=True, timeout=COMMAND_SECONDS)
        assert up.returncode == 0, up.stderr
        assert (site.home / "logs/guard.log").exists()
        yield site
        down = site.run("down")
        assert down.returncode == 0, down.stderr


def health_checker(site: RunningSite) -> tuple[str, int]:
    """Return the state and the process that ``status`` shows."""
    [found] = [process for process in site.status()["processes"] if process["service"] == "health-checker"]
    return found["state"], found["pid"]


def test_a_site_of_an_older_release_is_shown_and_stopped(site: RunningSite) -> None:
    state, pid = health_checker(site)
    assert state == "running"
    assert "guard" not in site.run("status").stdout
    up = site.run("up")
    assert up.returncode == 0, up.stderr
    assert health_checker(site) == ("running", pid)
    with next((site.home / "logs").glob("guard.log*")).open("a") as log:
        log.write("a line of the older release\n")
    assert site.run("logs", "health-checker").stdout.splitlines()[-1].split(maxsplit=1) == [
        "health-checker",
        "a line of the older release",
    ]
    assert site.run("down").returncode == 0
    assert not psutil.pid_exists(pid)


def test_a_site_of_an_older_release_without_its_supervisor_is_started_again(site: RunningSite) -> None:
    supervisor = int((site.home / "run/supervisord.pid").read_text())
    _, pid = health_checker(site)
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: is_dead(supervisor))
    assert health_checker(site) == ("unsupervised", pid)
    up = site.run("up")
    assert up.returncode == 0, up.stderr
    assert not psutil.pid_exists(pid)
    assert health_checker(site)[0] == "running"
    assert [log.name for log in (site.home / "logs").glob("*.log") if log.name.startswith(("guard", "health"))] == [
        "health-checker.log"
    ]
