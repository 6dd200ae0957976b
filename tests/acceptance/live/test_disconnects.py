"""Clients of live search that disconnect: their queries end, and nothing is logged."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from tests.acceptance.live.conftest import Connection
from tests.acceptance.live.test_limits import silent_reader
from tests.support.deadline import wait_for
from tests.support.leaving import nothing_waits, waiting
from tests.support.live import LiveClient
from tests.support.site import RunningSite

pytestmark = pytest.mark.alone

_MESSAGES = 60


@pytest.fixture(autouse=True)
def nothing_is_logged(live_site: RunningSite) -> Iterator[None]:
    log = live_site.home / "logs" / "fastapi-blue.log"
    length = log.stat().st_size
    yield
    assert "Traceback" not in log.read_bytes()[length:].decode()


@pytest.mark.parametrize("route", ["url", "fastapi_url"])
def test_no_query_runs_for_a_closed_socket(
    live_site: RunningSite, migrated_database: str, catalog: Connection, route: str
) -> None:
    """Neither the running search continues, nor the searches that wait behind it."""
    with psycopg.connect(migrated_database) as blocker, ExitStack() as clients:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        for number in range(2):
            connection, protocol = silent_reader(getattr(live_site, route), f'{{"page": {number + 1}}}')
            clients.enter_context(connection)
            for page in range(_MESSAGES):
                protocol.send_text(b'{"page": %d}' % (10 + page))
            connection.sendall(b"".join(protocol.data_to_send()))
        wait_for(lambda: waiting(catalog), what="a search that waits")
        clients.close()
        nothing_waits(lambda: waiting(catalog))


def test_a_search_with_other_subscribers_continues(
    live_site: RunningSite, migrated_database: str, catalog: Connection
) -> None:
    search = {"price_gte": 1}
    with LiveClient.connected(live_site.url) as staying, ExitStack() as others:
        leaving = [others.enter_context(LiveClient.connected(live_site.url)) for _ in range(6)]
        with psycopg.connect(migrated_database) as blocker:
            blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
            for client in (*leaving, staying):
                client.send(search)
            wait_for(lambda: waiting(catalog), what="a search that waits")
            others.close()
            assert waiting(catalog)
        assert staying.result()["count"]
