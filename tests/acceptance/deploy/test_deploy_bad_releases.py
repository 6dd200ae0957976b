"""Releases that are bad in one way each: each is detected and rolled back, and few users get an error."""

import os
import re
import signal

import pytest

from tests.acceptance.deploy.deployments import (
    QUICK,
    deploy,
    migration_change,
    record,
    records,
    require_single_release,
    running_deployment,
    serving,
    wait_for_state,
)
from tests.acceptance.deploy.overlay import Change, overlay_release
from tests.support.load import Load
from tests.support.site import COMMAND_SECONDS, RunningSite

_CLIENTS = 3
_PAUSE_SECONDS = 0.02
_ENOUGH_TO_START = ("--start-seconds", "12")
_MOST_FAILED = 5
_OPTIONS = {
    "does not start": _ENOUGH_TO_START,
    "is not ready": _ENOUGH_TO_START,
    # Enough responses for the p99 of two windows.
    "is ten times slower": ("--step-samples", "300"),
}
_SEARCH = "fastapi_service/routes/search_part.py"
_ANSWER = "    state.folding.notice_search()"
_READY = "    if not is_applied:\n"
_NOT_READY = f"    raise DatabaseUnavailableError('It is not ready.')\n{_READY}"

_NOW_AND_THEN = """\
    import random
    request.app.state.asked = getattr(request.app.state, "asked", 0) + 1
    if request.app.state.asked > 60 and random.random() < 0.2:
        raise OSError
"""
"""The first searches are those of the smoke test, which must not be the one that detects it."""

BAD = {
    "does not start": (
        Change("fastapi_service/app.py", "def create_app() -> FastAPI:\n", "def create_app() -> FastAPI:\n    1 / 0\n"),
        "fastapi does not start: ZeroDivisionError: division by zero",
    ),
    "is not ready": (
        Change("database/schema.py", _READY, _NOT_READY),
        r"django does not answer on port \d+: It is not ready",
    ),
    "answers 20 % with 500": (
        Change(_SEARCH, _ANSWER, _NOW_AND_THEN + _ANSWER),
        "responses of the new release were errors",
    ),
    "is ten times slower": (
        Change(_SEARCH, _ANSWER, f"    import asyncio\n    await asyncio.sleep(0.4)\n{_ANSWER}"),
        "the p99 of the new release",
    ),
    "gives wrong answers": (
        Change("fastapi_service/queries/find_parts.sql", "count(*) AS count", "count(*) + 1 AS count"),
        "answers the search",
    ),
    "breaks the old release": (
        migration_change('migrations.RunSQL("ALTER TABLE part DROP COLUMN json_data", "")'),
        "cannot serve after",
    ),
}


@pytest.mark.parametrize("defect", BAD)
def test_a_bad_release_is_rolled_back(deployed_site: RunningSite, defect: str) -> None:
    change, message = BAD[defect]
    before = serving(deployed_site).pop()
    release = overlay_release(deployed_site, defect.replace(" ", "-").replace("%", "percent"), [change])
    with Load(deployed_site.url, _CLIENTS, _PAUSE_SECONDS).running() as load:
        done = deploy(deployed_site, release, *_OPTIONS.get(defect, ()))
    assert done.returncode == 1, done.stdout
    assert re.search(message, done.stderr, re.IGNORECASE), done.stderr
    assert "Traceback" not in done.stderr
    kept = record(deployed_site)
    assert re.search(message, kept["reason"], re.IGNORECASE), kept["reason"]
    assert kept["new_release"] == release
    assert len(load.failed()) <= _MOST_FAILED, load.results()
    if kept["state"] == "rolled back":
        assert kept["returned_seconds"] < 1
    require_single_release(deployed_site, before)


def test_a_process_that_exits_counts_even_if_it_is_restarted(deployed_site: RunningSite) -> None:
    before = serving(deployed_site).pop()
    release = overlay_release(deployed_site, "mortal")
    known = len(records(deployed_site))
    with running_deployment(deployed_site, "deploy", release, *QUICK) as process:
        slot = wait_for_state(deployed_site, "shifting", known)["new_colour"]
        os.kill(deployed_site.supervised()[f"django-{slot}"]["pid"], signal.SIGKILL)
        _, error = process.communicate(timeout=COMMAND_SECONDS)
    assert process.returncode == 1
    assert "exited" in error or "unhealthy" in error or "failed on the new release" in error
    require_single_release(deployed_site, before)
