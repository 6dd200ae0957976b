"""The messages of a deployment, its errors, and the rollback of a running one."""

import threading

import httpx
import pytest

from tests.acceptance.deploy.deployments import (
    QUICK,
    deploy,
    record,
    records,
    require_single_release,
    running_deployment,
    serving,
    wait_for_state,
)
from tests.acceptance.deploy.overlay import Change, overlay_release
from tests.support.deadline import wait_for
from tests.support.site import RunningSite

_OF_THE_OLD_TO_THE_END = {"partsearch_visitor": "99"}
_MAY_ANSWER = "may-answer"
"""The file in the home that the slow page waits for."""
_SLOW_PAGE = Change(
    "fastapi_service/routes/search_part.py",
    "    state.folding.notice_search()",
    f"""\
    import asyncio, os, pathlib
    may_answer = pathlib.Path(os.environ["PARTSEARCH_HOME"], "{_MAY_ANSWER}")
    while search.page == 99 and not may_answer.exists():
        await asyncio.sleep(0.05)
    state.folding.notice_search()""",
)


@pytest.fixture(scope="module")
def site_with_releases(deployed_site: RunningSite) -> RunningSite:
    """The site with two kept releases."""
    overlay_release(deployed_site, "lingering", [_SLOW_PAGE])
    overlay_release(deployed_site, "last")
    return deployed_site


def test_the_release_that_serves_is_not_deployed_again(site_with_releases: RunningSite) -> None:
    before = site_with_releases.status()["processes"]
    deploy(site_with_releases, serving(site_with_releases).pop())
    pids = [process["pid"] for process in site_with_releases.status()["processes"]]
    assert pids == [process["pid"] for process in before]


def test_while_the_old_release_drains_a_rollback_takes_a_second_and_a_second_deployment_is_rejected(
    site_with_releases: RunningSite,
) -> None:
    site = site_with_releases
    assert deploy(site, "lingering").returncode == 0
    answers: list[int] = []

    def ask_slowly() -> None:
        query = f"{site.url}/search/part/?page=99"
        answers.append(httpx.get(query, cookies=_OF_THE_OLD_TO_THE_END, timeout=60).status_code)

    known = len(records(site))
    with running_deployment(site, "deploy", "last", *QUICK) as process:
        wait_for_state(site, "shifting", known)
        user = threading.Thread(target=ask_slowly)
        user.start()
        wait_for_state(site, "draining", known)
        assert serving(site) == {"last"}
        second = deploy(site, "whatever")
        assert second.returncode == 1
        assert f"(pid {process.pid}) has been running since" in second.stderr
        back = site.run("rollback")
        assert back.returncode == 0, back.stdout + back.stderr
        wait_for(lambda: process.poll() is not None, what="the end of the deployment")
        assert process.returncode == 1
    (site.home / _MAY_ANSWER).touch()
    user.join()
    assert answers == [200]
    assert record(site)["state"] == "rolled back"
    assert record(site)["returned_seconds"] < 1
    require_single_release(site, "lingering")


def test_the_plan_changes_nothing(site_with_releases: RunningSite) -> None:
    site = site_with_releases
    before = (serving(site), len(records(site)))
    planned = site.run("deploy", "last", "--plan")
    assert planned.returncode == 0, planned.stderr
    assert "Take last, which is kept" in planned.stdout
    assert (serving(site), len(records(site))) == before


@pytest.mark.parametrize("steps", ["", "5,4,100", "5,50", "0,100", "many"])
def test_invalid_steps_are_wrong_usage(steps: str) -> None:
    from typer.testing import CliRunner

    from partsearch.cli import app

    assert CliRunner().invoke(app, ["deploy", "--steps", steps]).exit_code == 2
