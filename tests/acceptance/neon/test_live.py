"""Live search on Neon: it listens past the pooler, lets the compute suspend, and survives a suspend."""

import time

import psycopg
import pytest

from tests.acceptance.live.conftest import LISTENERS
from tests.support.deadline import wait_for
from tests.support.live import LiveClient
from tests.support.neon.emulation import EmulatedNeon, Kind
from tests.support.site import RunningSite

SEARCH = {"price_gte": 1}
_NEW_PART = (
    "INSERT INTO part (name, mark_id, model_id, price) SELECT 'Бампер', mark_id, id, 5 FROM model ORDER BY id LIMIT 1"
)


def listeners(neon: EmulatedNeon) -> int:
    """Return the number of listening backends; those of a pooler have other names."""
    with psycopg.connect(neon.superuser_conninfo) as connection:
        return len(connection.execute(LISTENERS).fetchall())


def add_part(neon: EmulatedNeon) -> None:
    """Insert a part as any program would."""
    with psycopg.connect(neon.direct_url) as connection:
        connection.execute(_NEW_PART)


def test_a_change_is_heard_past_the_pooler(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    with LiveClient.connected(neon_site.url) as client:
        before = client.ask(SEARCH)
        assert listeners(neon) == 1
        assert not [row for row in neon.show_pooler("CLIENTS") if "live" in str(row.get("application_name"))]
        neon.restart_pooler()
        add_part(neon)
        assert client.result(1)["count"] == before["count"] + 1
    wait_for(lambda: not listeners(neon), what="the end of the listener")


def test_the_compute_suspends_without_connected_clients(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    with LiveClient.connected(neon_site.url) as client:
        client.ask(SEARCH)
    before = neon.counts()
    # Earlier than the listener ends by itself: its connection is cut, and it does not reconnect.
    neon.auto_suspend(2.0)
    try:
        wait_for(neon.is_asleep, what="the sleep")
        deadline = time.monotonic() + 5
        wait_for(lambda: time.monotonic() > deadline, what="the time")
        assert neon.is_asleep()
        assert (neon.counts().accepted, neon.counts().wakes) == (before.accepted, before.wakes)
    finally:
        neon.auto_suspend(None)


@pytest.mark.parametrize("kind", ["polite", "rude"])
def test_a_suspend_with_sockets_open_is_survived(neon: EmulatedNeon, neon_site: RunningSite, kind: Kind) -> None:
    with LiveClient.connected(neon_site.url) as client:
        before = client.ask(SEARCH)
        assert neon.suspend(kind, cold_start=1.0)
        assert client.result() == before
        add_part(neon)
        assert client.result(1)["count"] == before["count"] + 1


def test_clients_learn_that_the_compute_is_away_and_back(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    with LiveClient.connected(neon_site.url) as client:
        before = client.ask(SEARCH)
        neon.suspend(cold_start=12)
        problem = client.message(20)
        assert (problem["type"], problem["status"]) == ("problem", 503)
        assert client.until(lambda message: message["type"] == "result", 30) == before
