"""A home with an unusual path, its copy, and how ``up`` reports a process that does not start.

``up`` prints the last error line of the process at once, and leaves nothing running.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from partsearch.operation.home import Home
from partsearch.operation.supervision.supervisor import Supervisor
from tests.acceptance.test_operation import processes_of
from tests.support.deadline import wait_for
from tests.support.load import Load
from tests.support.site import COMMAND_SECONDS, SPECIAL_CHARACTERS, RunningSite, free_environment

_AT_ONCE_SECONDS = 4
"""About two seconds on an idle machine."""
_FAKE_NGINX = """#!/bin/sh
echo 'nginx: [emerg] unknown directive "js_import" in nginx.conf:23' >&2
[ -e '{failed}' ] || touch '{failed}'
exit 1
"""
_BROKEN = """
import os, pathlib, sys
class Broken:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {module!r} and os.environ.get("SUPERVISOR_PROCESS_NAME") == {process!r}:
            pathlib.Path({failed!r}).touch() if not pathlib.Path({failed!r}).exists() else None
            raise RuntimeError("the package is broken")
sys.meta_path.insert(0, Broken)
"""
"""Python runs it at its start: then one process of the site cannot import a module."""


@pytest.fixture(scope="module")
def unusual_site() -> Iterator[RunningSite]:
    """A site that is up, in a home whose path has every unusual character that is allowed."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    with RunningSite.started(free_environment(folder / SPECIAL_CHARACTERS)) as site:
        yield site
    shutil.rmtree(folder)


def test_a_home_with_unusual_characters_works(unusual_site: RunningSite) -> None:
    assert unusual_site.run("generate", "5").returncode == 0
    for service in (*unusual_site.services, unusual_site.url):
        assert unusual_site.client.get(f"{service}/search/part/").json()["count"] == 5
    doctor = unusual_site.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert {process["state"] for process in unusual_site.status()["processes"]} == {"running"}
    assert unusual_site.run("down").returncode == 0
    assert processes_of(unusual_site) == []


def test_a_copy_of_a_running_home_starts_and_does_not_touch_the_original(
    unusual_site: RunningSite, folder: Path
) -> None:
    assert unusual_site.run("up").returncode == 0
    with psycopg.connect(unusual_site.conninfo, autocommit=True) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('of the copy')")
    before = {process.pid for process in processes_of(unusual_site)}
    subprocess.run(["cp", "-a", str(unusual_site.home), str(folder / "copy")], check=False)  # some files come and go
    with (
        Load(unusual_site.url, 2, 0.02).running() as load,
        RunningSite.started(free_environment(folder / "copy")) as copy,
    ):
        assert "of the copy" in copy.client.get(f"{copy.url}/mark/").text
        assert {process["state"] for process in copy.status()["processes"]} == {"running"}
        kill_and_wait(copy, "django")
    assert load.outcomes
    assert load.failed() == []
    assert {process.pid for process in processes_of(unusual_site)} >= before


def kill_and_wait(site: RunningSite, service: str) -> None:
    """Kill a process, and wait for its restart, which ends the processes that its group file names."""
    supervisor = Supervisor(Home(site.home))
    pid = supervisor.processes()[f"{service}-blue"]["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: supervisor.processes()[f"{service}-blue"]["pid"] not in (0, pid), what="a new process")
    wait_for(lambda: answers(site, f"/{service}/search/part/"), 60, f"{service} to answer again")


def answers(site: RunningSite, path: str) -> bool:
    return site.client.get(f"{site.url}{path}").status_code == 200


@dataclass
class Failure:
    """The output of ``up``, and when it printed the expected line."""

    output: str
    error: str
    reported_at: float


@pytest.fixture
def stopped_site(unusual_site: RunningSite) -> Iterator[RunningSite]:
    """The same site, down; a test leaves nothing running."""
    assert unusual_site.run("down").returncode == 0
    yield unusual_site
    assert processes_of(unusual_site) == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of the site may read and write."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def failed_up(site: RunningSite, expected: str, **settings: str) -> Failure:
    """Run ``up``, which fails."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "partsearch"), "up"],
        env={**site.environment, "PYTHONUNBUFFERED": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    output, reported_at = "", 0.0
    for line in process.stdout:
        output += line
        if expected in line and not reported_at:
            reported_at = time.time()
    _, error = process.communicate(timeout=COMMAND_SECONDS)
    assert process.returncode == 1, output
    assert "Traceback" not in error
    return Failure(output, error, reported_at)


def test_nginx_without_njs_is_reported_by_its_own_error(stopped_site: RunningSite, folder: Path) -> None:
    program, failed = folder / "nginx", folder / "failed"
    program.write_text(_FAKE_NGINX.format(failed=failed))
    program.chmod(0o755)
    expected = 'nginx does not start: unknown directive "js_import" in nginx.conf:23'
    failure = failed_up(stopped_site, expected, PARTSEARCH_NGINX=str(program))
    assert 0 < failure.reported_at - failed.stat().st_mtime < _AT_ONCE_SECONDS
    assert expected in failure.error
    assert "PARTSEARCH_NGINX names an nginx without njs" in failure.error


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("granian", id="the server ends"),
        pytest.param("whitenoise.middleware", id="the server starts its workers again and again"),
    ],
)
def test_django_that_cannot_be_imported_is_reported_by_its_exception(
    stopped_site: RunningSite, folder: Path, module: str
) -> None:
    failed = broken(folder, module, "django-blue")
    expected = "django does not start: RuntimeError: the package is broken"
    failure = failed_up(stopped_site, expected, PYTHONPATH=str(folder))
    assert 0 < failure.reported_at - failed.stat().st_mtime < _AT_ONCE_SECONDS
    assert expected in failure.error
    assert "django-blue.log" in failure.error


def broken(folder: Path, module: str, process: str | None) -> Path:
    """Return the file that exists when ``process`` has tried to import ``module``."""
    failed = folder / "failed"
    (folder / "sitecustomize.py").write_text(_BROKEN.format(module=module, process=process, failed=str(failed)))
    return failed


def test_postgresql_with_an_invalid_setting_is_reported_by_its_own_error(stopped_site: RunningSite) -> None:
    configuration = stopped_site.home / "postgres" / "postgresql.conf"
    before = configuration.read_text()
    configuration.write_text(f"{before}\nshared_bufers = 1GB\n")
    begun = time.time()
    failure = failed_up(stopped_site, "postgres does not start: configuration file")
    assert 0 < failure.reported_at - begun < 3 * _AT_ONCE_SECONDS
    assert 'unrecognized configuration parameter "shared_bufers" in file' in failure.error
    assert f"Correct {configuration}." in failure.error
    configuration.write_text(before)


def test_a_supervisor_that_does_not_start_is_reported_by_its_own_error(stopped_site: RunningSite, folder: Path) -> None:
    failed = broken(folder, "supervisor.supervisord", None)
    up = stopped_site.run("up", PYTHONPATH=str(folder))
    assert time.time() - failed.stat().st_mtime < _AT_ONCE_SECONDS
    assert "The supervisor does not start: RuntimeError: the package is broken." in up.stderr
