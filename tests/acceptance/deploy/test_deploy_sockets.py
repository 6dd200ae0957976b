"""A deployment of a good release, and its rollback, under load: clients that never retry, and live sockets."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.acceptance.deploy.deployments import deploy, record, records, require_single_release
from tests.acceptance.deploy.overlay import overlay_release
from tests.soak.clients import Outcomes, running_clients
from tests.soak.releases import GOOD
from tests.soak.sockets import JITTER_SECONDS, Sockets, open_sockets
from tests.support.site import RunningSite, free_environment

_SOCKETS = 60
_DRAIN_SECONDS = 4


@pytest.fixture(scope="module")
def site_with_sockets() -> Iterator[RunningSite]:
    """A site of its own that closes its sockets within a few seconds."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    environment = {**free_environment(folder / "home"), "PARTSEARCH_DRAIN_SECONDS": str(_DRAIN_SECONDS)}
    try:
        with RunningSite.started(environment) as site:
            assert site.run("generate", "300").returncode == 0
            for name in ("first", "second"):
                overlay_release(site, name, GOOD)
            assert deploy(site, "first", "--steps", "100").returncode == 0
            yield site
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Observed:
    """What clients and sockets observed in a deployment and its rollback, and the output of the deployment."""

    outcomes: Outcomes
    sockets: Sockets
    output: str


@pytest.fixture(scope="module")
def observed(site_with_sockets: RunningSite) -> Observed:
    """The observations, complete after the deployment and its rollback."""
    site = site_with_sockets
    with running_clients(site.url) as outcomes, open_sockets(site, _SOCKETS) as sockets:
        done = deploy(site, "second")
        assert done.returncode == 0, done.stdout + done.stderr
        back = site.run("rollback", "--step-samples", "60", "--watch-seconds", "0")
        assert back.returncode == 0, back.stdout + back.stderr
    return Observed(outcomes, sockets, done.stdout)


def test_no_request_is_lost(observed: Observed) -> None:
    assert observed.outcomes.lost() == []
    assert len(observed.outcomes.requests) > 500


def test_every_socket_is_closed_with_a_close_frame_and_misses_no_message(observed: Observed) -> None:
    assert observed.sockets.cut() == 0
    assert observed.sockets.moved() == 2 * _SOCKETS
    assert (observed.sockets.lost(), observed.sockets.sum("doubled"), observed.sockets.sum("problems")) == (0, 0, 0)
    assert observed.sockets.last > 50


def test_the_sockets_are_closed_bit_by_bit(observed: Observed, site_with_sockets: RunningSite) -> None:
    planned = _SOCKETS / _DRAIN_SECONDS
    assert observed.sockets.fastest_return() <= 1.5 * planned
    kept = record(site_with_sockets)
    assert kept["sockets"] == _SOCKETS
    draining = next(step for step in kept["steps"] if step["state"] == "draining")
    assert draining["ended"] - draining["began"] > _DRAIN_SECONDS - JITTER_SECONDS


def test_the_output_the_record_and_the_report_count_alike(observed: Observed, site_with_sockets: RunningSite) -> None:
    *_, to_second, _ = records(site_with_sockets)
    assert (to_second["state"], to_second["old_release"], to_second["new_release"]) == ("done", "first", "second")
    assert [step["share"] for step in to_second["steps"] if step["state"] == "shifting"] == [25, 100]
    assert 0 < to_second["requests"] <= len(observed.outcomes.requests)
    last = observed.output.strip().splitlines()[-1]
    assert last == f"{to_second['requests']:,} requests during the switch, 0 failed; {_SOCKETS} sockets moved"
    page = (site_with_sockets.home / "deploys" / f"{to_second['name']}.html").read_text()
    assert "second replaced first" in page
    assert "<polyline" in page


def test_the_rollback_is_a_deployment_too(observed: Observed, site_with_sockets: RunningSite) -> None:
    assert observed
    assert record(site_with_sockets)["kind"] == "rollback"
    assert record(site_with_sockets)["new_release"] == "first"


def test_the_site_has_one_release_afterwards(observed: Observed, site_with_sockets: RunningSite) -> None:
    assert observed
    require_single_release(site_with_sockets, record(site_with_sockets)["new_release"])
    masters = [psutil.Process(process["pid"]) for process in site_with_sockets.status()["processes"]]
    nice = {process.nice() for master in masters for process in (master, *master.children(recursive=True))}
    assert nice == {psutil.Process().nice()}, "a deployment left something with a low priority"


def test_a_checkout_that_has_changed_since_is_not_the_previous_release(
    observed: Observed, site_with_sockets: RunningSite
) -> None:
    assert observed
    site = site_with_sockets
    first = min((site.home / "deploys").glob("*.json"))
    text = first.read_text()
    kept = json.loads(text)
    assert kept["old_digest"]
    first.write_text(json.dumps({**kept, "old_digest": "another"}))
    refused = site.run("rollback")
    first.write_text(text)
    assert refused.returncode == 1
    assert "whose files have changed since" in refused.stderr
    require_single_release(site, "first")
