"""``kill -9`` of a deployment in each of its states: the next command recovers the site."""

import os
import signal

import pytest

from partsearch.deploy.state.record import State
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
from tests.support.documents import ROOT
from tests.support.site import COMMAND_SECONDS, RunningSite

_CURRENT = [state for state in State if not state.is_final]
_WRONG = Change("fastapi_service/queries/find_parts.sql", "count(*) AS count", "count(*) + 1 AS count")
_HARMLESS = 'migrations.RunSQL("CREATE TABLE of_a_test (id int)", "DROP TABLE of_a_test")'


def source_for(site: RunningSite, state: State) -> str:
    """Return a source whose deployment comes to a state and stays in it long enough to be killed."""
    if state is State.BUILDING:
        return str(ROOT)
    changes = {State.MIGRATING: [migration_change(_HARMLESS)], State.ROLLING_BACK: [_WRONG]}.get(state, [])
    return overlay_release(site, f"killed-{state.replace(' ', '-')}", changes)


@pytest.mark.parametrize("state", _CURRENT)
def test_a_killed_deployment_is_recovered(deployed_site: RunningSite, state: State) -> None:
    before = serving(deployed_site).pop()
    known = len(records(deployed_site))
    with running_deployment(deployed_site, "deploy", source_for(deployed_site, state), *QUICK) as process:
        wait_for_state(deployed_site, state, known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    killed = record(deployed_site)
    assert killed["state"] == state, "the deployment was too quick to be killed there"
    status = deployed_site.run("status")
    assert status.returncode == 0, status.stderr
    assert "was killed" in status.stderr
    recovered = record(deployed_site)
    assert recovered["state"] == (
        "done" if state.is_promoted else "failed" if not killed["new_colour"] else "rolled back"
    )
    require_single_release(deployed_site, killed["new_release"] if state.is_promoted else before)


def test_the_next_deployment_rolls_back_a_killed_one_first(deployed_site: RunningSite) -> None:
    known = len(records(deployed_site))
    with running_deployment(deployed_site, "deploy", overlay_release(deployed_site, "killed"), *QUICK) as process:
        wait_for_state(deployed_site, "shifting", known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    done = deploy(deployed_site, overlay_release(deployed_site, "next"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert [kept["state"] for kept in records(deployed_site)[known:]] == ["rolled back", "done"]
    require_single_release(deployed_site, "next")


def test_a_site_that_was_restarted_after_the_kill_is_not_changed(deployed_site: RunningSite) -> None:
    known = len(records(deployed_site))
    with running_deployment(deployed_site, "deploy", overlay_release(deployed_site, "restarted"), *QUICK) as process:
        wait_for_state(deployed_site, "shifting", known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    for command in ("down", "up"):
        assert deployed_site.run(command).returncode == 0
    serves = serving(deployed_site).pop()
    assert deployed_site.run("status").returncode == 0
    assert record(deployed_site)["state"] == "rolled back"
    assert serves == record(deployed_site)["old_release"]
    require_single_release(deployed_site, serves)
