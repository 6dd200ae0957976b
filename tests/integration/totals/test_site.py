"""The totals of a running site: its services fold, its commands rebuild and verify."""

import json
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.support.deadline import wait_for
from tests.support.live import LiveClient
from tests.support.site import RunningSite
from tests.support.totals import CATALOG, is_waiting, locked_table, query


@pytest.fixture
def site(live_site: RunningSite, empty_catalog: str) -> RunningSite:
    """Return the site with a catalog whose parts have all changed since the last fold."""
    query(empty_catalog, CATALOG)
    return live_site


def search(url: str) -> None:
    body = json.dumps({"part_name": "бампер"}).encode()
    request = urllib.request.Request(f"{url}/search/part/", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response)["count"] > 0


@pytest.mark.parametrize("service", ["django_url", "fastapi_url"])
def test_a_search_of_each_service_causes_a_fold(site: RunningSite, service: str) -> None:
    assert query(site.conninfo, "SELECT count(*) FROM totals_change") > 0
    search(getattr(site, service))
    wait_for(lambda: query(site.conninfo, "SELECT count(*) FROM totals_change") == 0, 60, "the fold")


def test_the_search_page_causes_a_fold(site: RunningSite) -> None:
    with urllib.request.urlopen(f"{site.django_url}/", timeout=30) as response:
        assert response.status == 200
    wait_for(lambda: query(site.conninfo, "SELECT count(*) FROM totals_change") == 0, 60, "the fold")


def test_a_live_search_causes_a_fold_after_a_change(site: RunningSite) -> None:
    with LiveClient.connected(site.fastapi_url) as client:
        client.send({"part_name": "бампер"})
        client.result()
        wait_for(lambda: query(site.conninfo, "SELECT count(*) FROM totals_change") == 0, 60, "the first fold")
        query(site.conninfo, "UPDATE part SET price = price + 1 WHERE name_normalized LIKE 'бампер%'")
        client.result()
        wait_for(lambda: query(site.conninfo, "SELECT count(*) FROM totals_change") == 0, 60, "the second fold")


def test_rebuild_says_what_it_did_and_doctor_finds_no_difference(site: RunningSite) -> None:
    done = site.run("totals", "rebuild")
    assert done.returncode == 0, done.stderr
    assert "Rebuilt the totals of 4 segments in" in done.stdout
    assert "Params with totals: color, condition, is_new_part, level, position, side, year." in done.stdout
    checked = site.run("doctor", "--verify")
    assert (checked.returncode, "4 segments recomputed, no difference" in checked.stdout) == (0, True), checked.stdout


def test_doctor_names_a_difference_and_the_next_step(site: RunningSite) -> None:
    assert site.run("totals", "rebuild").returncode == 0
    query(site.conninfo, "DELETE FROM totals_plane WHERE segment = 1 AND key_id IN (12, 13)")
    assert "totals:" not in site.run("doctor").stdout
    checked = site.run("doctor", "--verify")
    assert checked.returncode == 1
    assert "1 of 4 segments differ from the parts: segment 1: digit 12, digit 13" in checked.stdout
    assert "→ Run 'partsearch totals rebuild'." in checked.stdout
    assert site.run("totals", "rebuild").returncode == 0
    assert site.run("doctor", "--verify").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rebuild_says_how_to_go_on(site: RunningSite, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "partsearch", "totals", "rebuild"]
    # The services, which do not wait for this lock, cannot be taken for the rebuild.
    with locked_table(site.conninfo, "totals_state", "EXCLUSIVE"):
        running = subprocess.Popen(
            command, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wait_for(lambda: is_waiting(site.conninfo), what="the rebuild waits")
        running.send_signal(number)
        _, error = running.communicate(timeout=30)
    assert running.returncode == 1
    assert "Interrupted: the totals of 0 segments are rebuilt, the others are as before." in error
    assert "Run 'partsearch totals rebuild' again." in error
    assert site.run("totals", "rebuild").returncode == 0
