"""``kill -9`` of an update at every state that it can be in; whoever comes next makes the site whole."""

import os
import signal

import pytest

from partsearch.deploy.state.record import State
from tests.acceptance.deploy.overlay import Change, overlay_release
from tests.acceptance.deploy.updates import (
    QUICK,
    migration_change,
    record,
    records,
    require_whole,
    running_update,
    serving,
    update,
    wait_for_state,
)
from tests.support.documents import ROOT
from tests.support.site import COMMAND_SECONDS, RunningSite

_UNDER_WAY = [state for state in State if not state.is_final]
_WRONG = Change("fastapi_service/queries/find_parts.sql", "count(*) AS count", "count(*) + 1 AS count")
_HARMLESS = 'migrations.RunSQL("CREATE TABLE of_a_test (id int)", "DROP TABLE of_a_test")'


def source_for(site: RunningSite, state: State) -> str:
    """What to deploy so that the update comes to be in a state, and is in it long enough to be seen."""
    if state is State.BUILDING:
        return str(ROOT)
    changes = {State.MIGRATING: [migration_change(_HARMLESS)], State.ROLLING_BACK: [_WRONG]}.get(state, [])
    return overlay_release(site, f"killed-{state.replace(' ', '-')}", changes)


@pytest.mark.parametrize("state", _UNDER_WAY)
def test_a_killed_update_leaves_a_whole_site(updated_site: RunningSite, state: State) -> None:
    before = serving(updated_site).pop()
    known = len(records(updated_site))
    with running_update(updated_site, "deploy", source_for(updated_site, state), *QUICK) as process:
        wait_for_state(updated_site, state, known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    killed = record(updated_site)
    assert killed["state"] == state, "the update was too quick to be killed there"
    status = updated_site.run("status")
    assert status.returncode == 0, status.stderr
    assert "was killed" in status.stderr
    mended = record(updated_site)
    assert mended["state"] == ("done" if state.is_promoted else "failed" if not killed["new_colour"] else "rolled back")
    require_whole(updated_site, killed["new_release"] if state.is_promoted else before)


def test_the_next_update_takes_a_killed_one_back_and_goes_on(updated_site: RunningSite) -> None:
    known = len(records(updated_site))
    with running_update(updated_site, "deploy", overlay_release(updated_site, "killed"), *QUICK) as process:
        wait_for_state(updated_site, "shifting", known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    done = update(updated_site, overlay_release(updated_site, "next"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert [kept["state"] for kept in records(updated_site)[known:]] == ["rolled back", "done"]
    require_whole(updated_site, "next")


def test_a_site_that_was_restarted_after_the_kill_is_left_as_it_is(updated_site: RunningSite) -> None:
    known = len(records(updated_site))
    with running_update(updated_site, "deploy", overlay_release(updated_site, "restarted"), *QUICK) as process:
        wait_for_state(updated_site, "shifting", known)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=COMMAND_SECONDS)
    for command in ("down", "up"):
        assert updated_site.run(command).returncode == 0
    serves = serving(updated_site).pop()
    assert updated_site.run("status").returncode == 0
    assert record(updated_site)["state"] == "rolled back"
    assert serves == record(updated_site)["old_release"]
    require_whole(updated_site, serves)
