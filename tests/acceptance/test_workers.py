"""The workers of the FastAPI service: each accepts its own connections, so that none takes most of them."""

import os
import signal
from pathlib import Path

import psutil

from tests.support.deadline import wait_for
from tests.support.processes import is_dead
from tests.support.site import RunningSite

_LISTENING = "0A"


def listening_sockets(port: int) -> int:
    """Return the number of sockets that listen on ``port``; one that several processes share counts once."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(row[1].partition(":")[2], 16) == port and row[3] == _LISTENING for row in rows)


def workers(site: RunningSite) -> list[psutil.Process]:
    children = psutil.Process(site.pid("fastapi")).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_each_worker_has_a_socket_of_its_own(live_site: RunningSite) -> None:
    port = int(live_site.fastapi_url.rpartition(":")[2])
    number = len(workers(live_site))
    wait_for(lambda: listening_sockets(port) == number, what="each worker to listen")


def test_the_successor_of_a_worker_accepts_its_connections(live_site: RunningSite) -> None:
    before = workers(live_site)
    os.kill(before[0].pid, signal.SIGKILL)
    # The connections that it accepted before are cut: no process can answer them.
    wait_for(lambda: is_dead(before[0].pid), what="the end of the worker")
    # The kernel still assigns half of the connections to the socket of the killed worker: they are answered later.
    answers = [
        live_site.client.get(f"{live_site.fastapi_url}/healthz", headers={"Connection": "close"}) for _ in range(20)
    ]
    assert {answer.status_code for answer in answers} == {200}
    wait_for(lambda: len(workers(live_site)) == len(before), what="the successor")
