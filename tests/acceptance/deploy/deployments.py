"""A deployment as a user starts it, its record, and the state of the site afterwards."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.deploy.overlay import Change
from tests.support.deadline import wait_for
from tests.support.documents import ROOT
from tests.support.site import COMMAND_SECONDS, RunningSite

QUICK = ("--steps", "25,100", "--step-samples", "60", "--watch-seconds", "0")
"""Options for a short deployment. The thresholds of the analysis keep their defaults."""

_PATHS = ("/search/part/", "/fastapi/search/part/", "/django/search/part/", "/")


def records(site: RunningSite) -> list[dict[str, Any]]:
    """Return the records of a site, the oldest first."""
    return [json.loads(path.read_text()) for path in sorted((site.home / "deploys").glob("*.json"))]


def record(site: RunningSite) -> dict[str, Any]:
    """Return the newest record."""
    return records(site)[-1]


def deploy(site: RunningSite, release: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a short ``partsearch deploy``."""
    return site.run("deploy", release, *QUICK, *options)


@contextmanager
def running_deployment(site: RunningSite, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command of partsearch during the block."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "partsearch"), *arguments],
        env=site.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=COMMAND_SECONDS)


def wait_for_state(site: RunningSite, state: str, known: int) -> dict[str, Any]:
    """Return the record of the deployment after ``known`` others, as soon as it is in that state."""

    def reached() -> dict[str, Any] | None:
        found = records(site)[known:]
        return found[0] if found and found[0]["state"] == state else None

    found = wait_for(reached, 90, f"the state '{state}'")
    assert found
    return found


def serving(site: RunningSite) -> set[str]:
    """Return the releases that answer users without a cookie, on every service."""
    answers = [httpx.get(f"{site.url}{path}", timeout=10) for path in _PATHS]
    assert [answer.status_code for answer in answers] == [200] * len(_PATHS)
    return {answer.headers["X-Release"] for answer in answers}


def require_single_release(site: RunningSite, release: str) -> None:
    """Fail unless the site is one release in one slot, with nothing left of a deployment."""
    assert serving(site) == {release}
    status = site.status()
    assert status["release"] == release
    assert {process["state"] for process in status["processes"]} == {"running"}
    assert len({process["colour"] for process in status["processes"]} - {None}) == 1
    traffic = json.loads((site.home / "traffic.json").read_text())
    assert (traffic["new"], traffic["share"], traffic["is_deploying"]) == (None, 0, False)
    assert list(traffic["releases"].values()) == [release]


def migration_change(operation: str) -> Change:
    """Return a change that adds a migration with one operation after the existing ones."""
    last = sorted((ROOT / "src" / "partsearch" / "catalog" / "migrations").glob("[0-9]*.py"))[-1].stem
    name = f"{int(last[:4]) + 1:04}_of_a_test"
    text = (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("catalog", "{last}")]\n    operations = [{operation}]\n'
    )
    return Change(f"catalog/migrations/{name}.py", "", text)
