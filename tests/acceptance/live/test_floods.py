"""A socket takes no more than its share of a worker, whatever frames the client sends."""

import time
from contextlib import suppress
from http.client import HTTPConnection

import pytest
from websockets.frames import Frame, Opcode

from tests.acceptance.live.test_limits import frames_left, silent_reader
from tests.support.live import LiveClient
from tests.support.site import RunningSite

_PROBES = 40
_PROBE_SECONDS = 1.0
"""Without a frame limit it takes five seconds, and with some kinds of frames more than ten."""


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


_FLOODS = {
    "pings": frame(Opcode.PING, b"x") * 50_000,
    "pongs": frame(Opcode.PONG, b"x") * 50_000,
    "empty pieces": frame(Opcode.TEXT, b"{", fin=False) + frame(Opcode.CONT, fin=False) * 50_000,
    "small texts": frame(Opcode.TEXT, b"{}") * 50_000,
    "searches": frame(Opcode.TEXT, b'{"part_name": "\xd0\xb0"}') * 6_000,
}


@pytest.mark.alone
@pytest.mark.parametrize("flood", _FLOODS)
def test_a_flood_closes_its_socket_and_delays_no_other_client(live_site: RunningSite, flood: str) -> None:
    connection, protocol = silent_reader(live_site.fastapi_url, '{"page": 1}')
    connection.settimeout(10)
    with connection:
        with suppress(ConnectionError):
            connection.sendall(_FLOODS[flood])
        assert slowest_probe(live_site.fastapi_url) < _PROBE_SECONDS
        assert frames_left(connection, protocol)[1] == 1008


def slowest_probe(url: str) -> float:
    """Return the duration of the slowest request. Each has its own connection, so every worker gets some of them."""
    slowest = 0.0
    for _ in range(_PROBES):
        probe = HTTPConnection(url.removeprefix("http://"), timeout=20)
        began = time.monotonic()
        probe.request("GET", "/healthz")
        assert probe.getresponse().status == 200
        slowest = max(slowest, time.monotonic() - began)
        probe.close()
    return slowest


@pytest.mark.parametrize("route", ["url", "fastapi_url"])
def test_the_fragments_of_a_message_are_too_long_together(live_site: RunningSite, route: str) -> None:
    """The limit applies before the last fragment arrives."""
    with LiveClient.connected(getattr(live_site, route)) as client:
        client.send_to_close(iter(["x" * 30_000, "x" * 30_000, "x" * 30_000, "{}"]))
        assert client.close_code() == 1009


def test_a_hundred_frames_a_second_are_no_flood(live_site: RunningSite) -> None:
    with LiveClient.connected(live_site.fastapi_url) as client:
        for _ in range(90):
            client.connection.pong()
        client.send({})
        assert client.result()["type"] == "result"
