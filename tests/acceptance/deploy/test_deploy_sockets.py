"""A good release in the place of another, and back, under load: visitors who never ask twice, and live sockets."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.acceptance.deploy.overlay import overlay_release
from tests.acceptance.deploy.updates import record, records, require_whole, update
from tests.soak.clients import Outcomes, visitors
from tests.soak.releases import GOOD
from tests.soak.sockets import JITTER_SECONDS, Sockets, watching
from tests.support.site import RunningSite, free_environment

_SOCKETS = 60
_DRAIN_SECONDS = 4


@pytest.fixture(scope="module")
def site_with_sockets() -> Iterator[RunningSite]:
    """A site of its own: its sockets are sent away in a few seconds."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    environment = {**free_environment(folder / "home"), "PARTSEARCH_DRAIN_SECONDS": str(_DRAIN_SECONDS)}
    try:
        with RunningSite.started(environment) as site:
            assert site.run("generate", "300").returncode == 0
            for name in ("first", "second"):
                overlay_release(site, name, GOOD)
            assert update(site, "first", "--steps", "100").returncode == 0
            yield site
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Met:
    """What visitors and sockets met in an update and the way back, and what the update said."""

    outcomes: Outcomes
    sockets: Sockets
    said: str


@pytest.fixture(scope="module")
def met(site_with_sockets: RunningSite) -> Met:
    """All of it, by the time that both were over."""
    site = site_with_sockets
    with visitors(site.url) as outcomes, watching(site, _SOCKETS) as sockets:
        done = update(site, "second")
        assert done.returncode == 0, done.stdout + done.stderr
        back = site.run("rollback", "--step-samples", "60", "--watch-seconds", "0")
        assert back.returncode == 0, back.stdout + back.stderr
    return Met(outcomes, sockets, done.stdout)


def test_no_request_is_lost(met: Met) -> None:
    assert met.outcomes.lost() == []
    assert len(met.outcomes.requests) > 500


def test_every_socket_is_sent_away_with_a_close_frame_and_misses_nothing(met: Met) -> None:
    assert met.sockets.cut() == 0
    assert met.sockets.moved() == 2 * _SOCKETS
    assert (met.sockets.lost(), met.sockets.sum("doubled"), met.sockets.sum("problems")) == (0, 0, 0)
    assert met.sockets.last > 50


def test_the_sockets_leave_bit_by_bit(met: Met, site_with_sockets: RunningSite) -> None:
    planned = _SOCKETS / _DRAIN_SECONDS
    assert met.sockets.fastest_return() <= 1.5 * planned
    kept = record(site_with_sockets)
    assert kept["sockets"] == _SOCKETS
    draining = next(step for step in kept["steps"] if step["state"] == "draining")
    assert draining["ended"] - draining["began"] > _DRAIN_SECONDS - JITTER_SECONDS


def test_what_is_said_and_kept_counts(met: Met, site_with_sockets: RunningSite) -> None:
    *_, to_second, _ = records(site_with_sockets)
    assert (to_second["state"], to_second["old_release"], to_second["new_release"]) == ("done", "first", "second")
    assert [step["share"] for step in to_second["steps"] if step["state"] == "shifting"] == [25, 100]
    assert 0 < to_second["requests"] <= len(met.outcomes.requests)
    last = met.said.strip().splitlines()[-1]
    assert last == f"{to_second['requests']:,} requests during the switch, 0 failed; {_SOCKETS} sockets moved"
    page = (site_with_sockets.home / "deploys" / f"{to_second['name']}.html").read_text()
    assert "second replaced first" in page
    assert "<polyline" in page


def test_the_way_back_is_an_update_too(met: Met, site_with_sockets: RunningSite) -> None:
    assert met
    assert record(site_with_sockets)["kind"] == "rollback"
    assert record(site_with_sockets)["new_release"] == "first"


def test_the_site_is_whole_afterwards(met: Met, site_with_sockets: RunningSite) -> None:
    assert met
    require_whole(site_with_sockets, record(site_with_sockets)["new_release"])
    masters = [psutil.Process(process["pid"]) for process in site_with_sockets.status()["processes"]]
    nice = {process.nice() for master in masters for process in (master, *master.children(recursive=True))}
    assert nice == {psutil.Process().nice()}, "an update left something slow"


def test_a_checkout_that_was_changed_since_is_not_taken_for_the_release_before(
    met: Met, site_with_sockets: RunningSite
) -> None:
    assert met
    site = site_with_sockets
    first = min((site.home / "deploys").glob("*.json"))
    text = first.read_text()
    kept = json.loads(text)
    assert kept["old_digest"]
    first.write_text(json.dumps({**kept, "old_digest": "another"}))
    refused = site.run("rollback")
    first.write_text(text)
    assert refused.returncode == 1
    assert "whose files have been changed since" in refused.stderr
    require_whole(site, "first")
