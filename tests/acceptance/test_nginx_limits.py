"""What Nginx lets one client do, so that the others can go on: whose network it is, and what it may have at a time."""

import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from partsearch.contract.client_networks import network_of
from partsearch.operation.home import Home
from partsearch.operation.nginx.configuration import connections_of, nginx_command, write_configuration
from partsearch.settings import Settings
from tests.support.deadline import wait_for
from tests.support.nginx_proxy import SECONDS, NginxProxy, running_proxy

ADDRESSES = [
    "203.0.113.7", "203.0.113.8", "10.0.0.10", "0.0.0.0", "255.255.255.254", "126.255.255.255", "128.0.0.1",
    "::ffff:203.0.113.7", "::ffff:cb00:7108", "2001:db8::1", "2001:db8::ffff:0:0:1", "2001:db8:0:0:1::",
    "2001:db8:0:1::1", "2001:db8:1::1", "::", "::2", "::203.0.113.7", "0:0:0:1::", "fe80::1", "64:ff9b::cb00:7107",
    "2001:0a0a:0a0a:0a0a::1", "2001:a0a:a0a:a0b::1", "127.0.0.1", "127.255.0.10", "::1", "::ffff:127.0.0.1",
    "::ffff:127.1.2.3", "localhost", "",
]  # fmt: skip
"""Bytes that regular expressions may stumble over, such as line feeds, are among them."""


@contextmanager
def held(door: NginxProxy, address: str, path: str = "/search/part/live/") -> Iterator[bytes]:
    """A request of an address that stays under way for the block, and the first line of its answer."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Real-IP: {address}\r\nUpgrade: websocket\r\n"
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
        client.sendall(f"{head}Connection: Upgrade\r\n\r\n".encode())
        yield client.recv(4096).partition(b"\r\n")[0]


@contextmanager
def all_held(door: NginxProxy, address: str, number: int, path: str = "/search/part/live/") -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            assert b" 101 " in stack.enter_context(held(door, address, path))
        yield


def status(door: NginxProxy, address: str, path: str = "/search/part/", method: str = "GET") -> int:
    return httpx.request(method, door.url + path, headers={"X-Real-IP": address}).status_code


def test_a_network_is_to_nginx_what_it_is_to_the_services(home: Path) -> None:
    """Two addresses share a limit where, and only where, contract/visitors.py says so."""
    with (
        running_proxy(home, partsearch_behind_proxy=True, partsearch_address_connections=1) as door,
        httpx.Client() as client,
    ):
        for holder in ADDRESSES:
            network = network_of(holder)
            expected = {one: 429 if network and network_of(one) == network else 200 for one in ADDRESSES}
            with held(door, holder):
                found = {
                    one: client.get(f"{door.url}/search/part/", headers={"X-Real-IP": one}).status_code
                    for one in ADDRESSES
                }
            assert found == expected, holder
            wait_for(lambda holder=holder: status(door, holder) == 200, what="the end of the request")  # type: ignore[misc]


def test_one_address_has_sixty_requests_under_way_and_no_more(home: Path) -> None:
    with running_proxy(home, partsearch_behind_proxy=True) as door, all_held(door, "203.0.113.7", 60):
        for path in ("/search/part/", "/django/mark/", "/", "/search/part/live/"):
            refused = httpx.get(door.url + path, headers={"X-Real-IP": "203.0.113.7"})
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
            assert refused.headers["Content-Type"] == "application/problem+json"
        assert status(door, "203.0.113.8") == 200


def test_the_machine_itself_has_as_many_as_it_likes(home: Path) -> None:
    with running_proxy(home, partsearch_address_connections=5) as door, all_held(door, "203.0.113.7", 100):
        assert status(door, "203.0.113.7") == 200


def test_one_address_has_ten_requests_under_way_at_the_admin(home: Path) -> None:
    settings = {"partsearch_behind_proxy": True, "is_django_there": True}
    with running_proxy(home, **settings) as door, all_held(door, "203.0.113.7", 10, "/admin/"):
        for path in ("/admin/", "/django/admin/", "/admin/catalog/part/?q=a", "/%61dmin/"):
            assert status(door, "203.0.113.7", path) == 429
            assert status(door, "203.0.113.8", path) == 200
        for path in ("/", "/search/part/", "/static/admin/css/base.css"):
            assert status(door, "203.0.113.7", path) == 200


@pytest.mark.parametrize("address", ["203.0.113.7", "127.0.0.1"])
def test_logins_are_counted_however_the_address_is_written(home: Path, address: str) -> None:
    """Eleven at once, then one in two seconds; reading the form, and all else of the admin, is not counted."""
    paths = ["/admin/login/", "/django/admin/login/", "/%61dmin/login/?next=/admin/", "/x/../admin/login/"]
    with running_proxy(home, partsearch_behind_proxy=True, is_django_there=True) as door:
        began = time.monotonic()
        found = [status(door, address, paths[number % len(paths)], "POST") for number in range(20)]
        more = int((time.monotonic() - began) / 2) + 1
        assert found[:11] == [200] * 11
        assert found[11:].count(200) <= more
        for path in paths:
            assert status(door, address, path) == 200
        for path in ("/admin/", "/admin/login", "/search/part/", "/fastapi/admin/login/"):
            assert status(door, address, path, "POST") == 200
        assert status(door, "203.0.113.99", "/admin/login/", "POST") == 200


@pytest.mark.parametrize("addresses", [["2001:db8::1", "2001:db8::2"], ["127.0.0.1", "127.0.0.2"]])
def test_the_rate_limit_is_that_of_a_network(home: Path, addresses: Sequence[str]) -> None:
    """The machine itself shares one, since the setting asks for a limit."""
    with running_proxy(home, partsearch_behind_proxy=True, partsearch_rate_limit=0.5) as door:
        assert [status(door, addresses[turn % 2]) for turn in range(4)] == [200, 200, 429, 429]
        assert status(door, "203.0.113.7") == 200


@pytest.mark.parametrize("rate", [0.02, 0.5, 1, 1.5, 999_999.5, 1e6])
def test_nginx_takes_any_rate(home: Path, rate: float) -> None:
    settings = Settings(_env_file=None, partsearch_home=home, partsearch_rate_limit=rate)
    (home / "run/nginx").mkdir(parents=True)
    write_configuration(settings, Home(home))
    done = subprocess.run([*nginx_command(settings, Home(home)), "-t"], capture_output=True, text=True)
    assert (done.returncode, "[warn]" in done.stderr) == (0, False), done.stderr


HALF = b"GET /search/part/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HEADER_SECONDS = 5
MOST_HALF_SENT = 9_500


@pytest.mark.alone
def test_half_sent_headers_keep_nobody_out_and_are_cut_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker, and more of them than the 8,192 connections that used to be all."""
    monkeypatch.setattr("partsearch.operation.nginx.configuration.workers", lambda: 1)
    with every_file_allowed() as files, running_proxy(home) as door, ExitStack() as stack:
        number = min(MOST_HALF_SENT, connections_of(files) // 2)
        searching = Searching(door)
        stack.callback(searching.stop)
        began = time.monotonic()
        half_sent = [stack.enter_context(half_sent_to(door)) for _ in range(number)]
        opened_within = time.monotonic() - began
        for client in half_sent:
            client.settimeout(HEADER_SECONDS + SECONDS)
            assert client.recv(1) == b""
        cut_after = time.monotonic() - began - opened_within
        searching.stop()
    assert searching.failed == []
    assert len(searching.statuses) > 20
    assert cut_after < HEADER_SECONDS + 3


def half_sent_to(door: NginxProxy) -> socket.socket:
    """A connection with half of a request. One that had sent nothing would be closed as soon as Nginx runs short."""
    client = socket.create_connection(("127.0.0.1", door.port))
    client.sendall(HALF)
    return client


@contextmanager
def every_file_allowed() -> Iterator[int]:
    """As many open files as the machine lets this process, and the processes that it starts, have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard if hard != resource.RLIM_INFINITY else 65_536, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield wanted
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Searching:
    """A client that searches without pause, each time on a new connection."""

    def __init__(self, door: NginxProxy) -> None:
        self._url = f"{door.url}/search/part/"
        self.statuses: list[int] = []
        self.failed: list[str] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._search)
        self._thread.start()

    def _search(self) -> None:
        while not self._stopped.wait(0.05):
            try:
                self.statuses.append(httpx.get(self._url, timeout=2).status_code)
            except httpx.HTTPError as error:
                self.failed.append(repr(error))

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()


@pytest.mark.parametrize("hard", [1024, 4096, 20_000, 1_048_576])
def test_connections_are_what_the_machine_allows(home: Path, monkeypatch: pytest.MonkeyPatch, hard: int) -> None:
    monkeypatch.setattr("partsearch.operation.nginx.configuration.resource.getrlimit", lambda _: (256, hard))
    with running_proxy(home, partsearch_workers=None) as door:
        text = door.configuration.read_text()
        files = min(hard, 65_536, 262_144 // (os.cpu_count() or 1))
        assert f"worker_rlimit_nofile {files};" in text
        assert f"worker_connections {connections_of(files)};" in text
        assert status(door, "127.0.0.1") == 200
