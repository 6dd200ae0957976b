"""The change listener: it is connected while a client is, and reconnects by itself after a loss."""

import time
from contextlib import ExitStack

from tests.acceptance.live.conftest import Connection, cut_listeners, listeners
from tests.acceptance.test_database_unavailable import postgres_stopped
from tests.support.deadline import wait_for
from tests.support.live import LiveClient
from tests.support.site import RunningSite

SEARCH = {"part_name": "бампер"}
_NEW_PART = "INSERT INTO part (name, mark_id, model_id, price) VALUES ('Бампер новый', 1, 10, 5)"
_SLOW_LINGER_SECONDS = 8


def test_it_is_connected_only_while_a_client_is(live_site: RunningSite, catalog: Connection) -> None:
    wait_for(lambda: not listeners(catalog), _SLOW_LINGER_SECONDS, "the end of the listeners")
    with LiveClient.connected(live_site.url) as client:
        client.ask(SEARCH)
        assert len(listeners(catalog)) == 1
    wait_for(lambda: not listeners(catalog), _SLOW_LINGER_SECONDS, "the end of the listener")


def test_clients_share_one_connection_a_process(live_site: RunningSite, catalog: Connection) -> None:
    from partsearch.database.connections import workers

    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(LiveClient.connected(live_site.url)).ask(SEARCH)
        assert 1 <= len(listeners(catalog)) <= workers()


def test_a_fresh_result_follows_a_lost_connection(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as client:
        before = client.ask(SEARCH)
        for _ in range(3):
            cut_listeners(catalog)
            assert client.result() == before
        catalog.execute(_NEW_PART)
        assert client.result(1)["count"] == before["count"] + 1


def test_a_change_during_a_loss_is_sent_after_it(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as client:
        before = client.ask(SEARCH)
        # Both in one transaction: at the commit the listener is already cut off and gets no notification.
        with catalog.transaction():
            cut_listeners(catalog)
            catalog.execute(_NEW_PART)
        assert client.until(lambda message: message["count"] == before["count"] + 1)


def test_clients_learn_that_the_database_is_away_and_back(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as client, LiveClient.connected(live_site.url) as newcomer:
        before = client.ask(SEARCH)
        with postgres_stopped(live_site):
            problem = client.message()
            assert (problem["type"], problem["status"]) == ("problem", 503)
            newcomer.send(SEARCH)
            assert newcomer.message()["status"] == 503
        back = time.monotonic()
        for each in (client, newcomer):
            assert each.until(lambda message: message["type"] == "result") == before
        assert time.monotonic() - back < 8


def test_a_short_restart_of_the_database_is_no_problem(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as client:
        before = client.ask(SEARCH)
        with postgres_stopped(live_site):
            pass
        assert client.result() == before
