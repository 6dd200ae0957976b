"""A good release in the place of another while live sockets hear of a change every 100 ms, and visitors search."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.deploy.overlay import overlay_release
from tests.acceptance.deploy.updates import record, require_whole, update
from tests.site import RunningSite, free_environment
from tests.soak.clients import Outcomes, visitors
from tests.soak.releases import GOOD
from tests.soak.sockets import JITTER_SECONDS, Sockets, watching

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


@pytest.fixture(scope="module")
def met(site_with_sockets: RunningSite) -> tuple[Outcomes, Sockets]:
    """What visitors and sockets met in an update and the way back, by the time that both were over."""
    site = site_with_sockets
    with visitors(site.url) as outcomes, watching(site, _SOCKETS) as sockets:
        for done in (update(site, "second"), site.run("rollback", "--step-samples", "60", "--watch-seconds", "0")):
            assert done.returncode == 0, done.stdout + done.stderr
    return outcomes, sockets


def test_no_request_is_lost(met: tuple[Outcomes, Sockets]) -> None:
    outcomes, _ = met
    assert outcomes.lost() == []
    assert len(outcomes.requests) > 500


def test_every_socket_is_sent_away_with_a_close_frame_and_misses_nothing(met: tuple[Outcomes, Sockets]) -> None:
    _, sockets = met
    assert sockets.cut() == 0
    assert sockets.moved() == 2 * _SOCKETS
    assert (sockets.lost(), sockets.sum("doubled"), sockets.sum("problems")) == (0, 0, 0)
    assert sockets.last > 50


def test_the_sockets_leave_bit_by_bit(met: tuple[Outcomes, Sockets], site_with_sockets: RunningSite) -> None:
    _, sockets = met
    planned = _SOCKETS / _DRAIN_SECONDS
    assert sockets.fastest_return() <= 1.5 * planned
    kept = record(site_with_sockets)
    assert kept["sockets"] == _SOCKETS
    draining = next(step for step in kept["steps"] if step["state"] == "draining")
    assert draining["ended"] - draining["began"] > _DRAIN_SECONDS - JITTER_SECONDS


def test_the_site_is_whole_afterwards(met: tuple[Outcomes, Sockets], site_with_sockets: RunningSite) -> None:
    assert met
    require_whole(site_with_sockets, record(site_with_sockets)["new_release"])


def test_a_checkout_that_was_changed_since_is_not_taken_for_the_release_before(
    met: tuple[Outcomes, Sockets], site_with_sockets: RunningSite
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
