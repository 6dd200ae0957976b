"""A drain: the clients get a going-away message before the process ends, at different moments."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from partsearch.fastapi_service.live.count import open_sockets
from tests.support.deadline import wait_for
from tests.support.live import LiveClient
from tests.support.processes import is_dead
from tests.support.site import RunningSite, free_environment

_CLIENTS = 30
_DRAIN_SECONDS = 6.0
"""Long against the delays of a machine on which other tests run."""


@pytest.fixture(scope="module", params=["1", "2"], ids=["one process", "two processes"])
def site(request: pytest.FixtureRequest) -> Iterator[RunningSite]:
    """A separate site with a short drain, whose service the tests stop."""
    settings = {"PARTSEARCH_WORKERS": request.param, "PARTSEARCH_DRAIN_SECONDS": str(_DRAIN_SECONDS)}
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    with RunningSite.started({**free_environment(folder / "home"), **settings}) as running:
        yield running
    shutil.rmtree(folder)


@contextmanager
def many_clients(site: RunningSite) -> Iterator[list[LiveClient]]:
    """Open sockets through Nginx, each with an answered search."""
    with ExitStack() as stack:
        clients = [stack.enter_context(LiveClient.connected(site.url)) for _ in range(_CLIENTS)]
        for client in clients:
            client.ask({})
        yield clients


def end_of(client: LiveClient) -> tuple[str, int, float]:
    """Return the last message of a socket, the code of its Close frame, and the time of the frame."""
    last = ""
    try:
        while True:
            last = client.text(30)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, "cut without a Close frame"
        return last, closed.rcvd.code, time.monotonic()


def ends(clients: list[LiveClient]) -> list[tuple[str, int, float]]:
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(end_of, clients))


def assert_going_away(found: list[tuple[str, int, float]]) -> None:
    assert {(last, code) for last, code, _ in found} == {('{"type":"going-away"}', 1012)}


def test_a_signal_closes_all_sockets_over_a_time(site: RunningSite) -> None:
    service = site.pid("fastapi")
    with many_clients(site) as clients:
        assert sum(open_sockets(site.home / "run", service).values()) == _CLIENTS
        began = time.monotonic()
        os.kill(service, signal.SIGUSR1)
        found = ends(clients)
    assert_going_away(found)
    moments = [moment - began for *_, moment in found]
    assert moments != sorted(moments), "in the order in which they connected"
    moments.sort()
    assert _DRAIN_SECONDS * 0.7 < moments[-1] < _DRAIN_SECONDS + 3
    assert max(later - earlier for earlier, later in pairwise(moments)) < _DRAIN_SECONDS / 3
    wait_for(lambda: sum(open_sockets(site.home / "run", service).values()) == 0, what="no open socket")
    with LiveClient.connected(site.url) as newcomer:
        newcomer.ask({})
        assert newcomer.receives_nothing()


def test_a_drain_can_be_stopped(site: RunningSite) -> None:
    service = site.pid("fastapi")
    with many_clients(site) as clients:
        os.kill(service, signal.SIGUSR1)
        wait_for(lambda: sum(open_sockets(site.home / "run", service).values()) < _CLIENTS - 5, what="the drain")
        os.kill(service, signal.SIGUSR2)
        left = sum(open_sockets(site.home / "run", service).values())
        stayed = [client for client in clients if client.receives_nothing(0.05) or is_open(client)]
        assert left - 5 <= len(stayed)
        site.run("generate", "20")
        assert sum(client.result()["count"] > 0 for client in stayed if is_open(client)) >= left - 5


def is_open(client: LiveClient) -> bool:
    return client.connection.close_code is None


def test_a_stop_of_the_service_sends_each_client_a_close_frame(site: RunningSite) -> None:
    with many_clients(site) as clients:
        began = time.monotonic()
        os.kill(site.pid("fastapi"), signal.SIGTERM)
        assert_going_away(ends(clients))
        assert time.monotonic() - began < 8
    wait_for(lambda: is_back(site), what="the restart of the service")


def is_back(site: RunningSite) -> bool:
    try:
        with LiveClient.connected(site.url) as client:
            return bool(client.ask({}))
    except Exception:
        return False


def kill_service(site: RunningSite) -> None:
    """Kill the main process of the service, and wait for the end of the others, which answer for a moment longer."""
    service = psutil.Process(site.pid("fastapi"))
    processes = [service.pid, *(child.pid for child in service.children(recursive=True))]
    service.kill()
    wait_for(lambda: all(is_dead(pid) for pid in processes), what="the end of the service")


def test_a_killed_process_leaves_no_count(site: RunningSite) -> None:
    service = site.pid("fastapi")
    with many_clients(site):
        assert open_sockets(site.home / "run", service)
        kill_service(site)
    wait_for(lambda: is_back(site), what="the restart of the service")
    assert open_sockets(site.home / "run", service) == {}


def test_a_stop_of_the_site_sends_each_client_a_close_frame(site: RunningSite) -> None:
    """The second stop is of a service that has just started. It is the last test, and leaves the site down."""
    stop_with_clients(site)
    assert site.run("up").returncode == 0
    kill_service(site)
    wait_for(lambda: is_back(site), what="the restart of the service")
    stop_with_clients(site)


def stop_with_clients(site: RunningSite) -> None:
    with many_clients(site) as clients, ThreadPoolExecutor(1) as pool:
        down = pool.submit(site.run, "down")
        assert_going_away(ends(clients))
    assert down.result().returncode == 0
