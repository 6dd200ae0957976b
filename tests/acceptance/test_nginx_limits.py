"""The limits of Nginx for one client, so that it does not delay others: its network, requests, rate and connections."""

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
"""They include bytes that regular expressions may mishandle, such as line feeds."""


@contextmanager
def held(proxy: NginxProxy, address: str, path: str = "/search/part/live/") -> Iterator[bytes]:
    """Keep a request of an address in flight during the block, and yield the first line of its answer."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Real-IP: {address}\r\nUpgrade: websocket\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
        client.sendall(f"{head}Connection: Upgrade\r\n\r\n".encode())
        yield client.recv(4096).partition(b"\r\n")[0]


@contextmanager
def all_held(proxy: NginxProxy, address: str, number: int, path: str = "/search/part/live/") -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            assert b" 101 " in stack.enter_context(held(proxy, address, path))
        yield


def status(proxy: NginxProxy, address: str, path: str = "/search/part/", method: str = "GET") -> int:
    return httpx.request(method, proxy.url + path, headers={"X-Real-IP": address}).status_code


def test_nginx_and_the_services_agree_on_the_network_of_an_address(home: Path) -> None:
    """Two addresses share a limit where, and only where, contract/client_networks.py says so."""
    with (
        running_proxy(home, partsearch_behind_proxy=True, partsearch_address_connections=1) as proxy,
        httpx.Client() as client,
    ):
        for holder in ADDRESSES:
            network = network_of(holder)
            expected = {one: 429 if network and network_of(one) == network else 200 for one in ADDRESSES}
            with held(proxy, holder):
                found = {
                    one: client.get(f"{proxy.url}/search/part/", headers={"X-Real-IP": one}).status_code
                    for one in ADDRESSES
                }
            assert found == expected, holder
            wait_for(lambda holder=holder: status(proxy, holder) == 200, what="the end of the request")  # type: ignore[misc]


def test_one_address_has_at_most_sixty_requests_in_flight(home: Path) -> None:
    with running_proxy(home, partsearch_behind_proxy=True) as proxy, all_held(proxy, "203.0.113.7", 60):
        for path in ("/search/part/", "/django/mark/", "/", "/search/part/live/"):
            rejected = httpx.get(proxy.url + path, headers={"X-Real-IP": "203.0.113.7"})
            assert (rejected.status_code, rejected.headers["Retry-After"]) == (429, "1")
            assert rejected.headers["Content-Type"] == "application/problem+json"
        assert status(proxy, "203.0.113.8") == 200


def test_the_machine_itself_has_no_limit_of_requests_in_flight(home: Path) -> None:
    with running_proxy(home, partsearch_address_connections=5) as proxy, all_held(proxy, "203.0.113.7", 100):
        assert status(proxy, "203.0.113.7") == 200


def test_one_address_has_at_most_ten_requests_in_flight_at_the_admin(home: Path) -> None:
    settings = {"partsearch_behind_proxy": True, "is_django_there": True}
    with running_proxy(home, **settings) as proxy, all_held(proxy, "203.0.113.7", 10, "/admin/"):
        for path in ("/admin/", "/django/admin/", "/admin/catalog/part/?q=a", "/%61dmin/"):
            assert status(proxy, "203.0.113.7", path) == 429
            assert status(proxy, "203.0.113.8", path) == 200
        for path in ("/", "/search/part/", "/static/admin/css/base.css"):
            assert status(proxy, "203.0.113.7", path) == 200


@pytest.mark.parametrize("address", ["203.0.113.7", "127.0.0.1"])
def test_logins_are_counted_in_every_spelling_of_the_path(home: Path, address: str) -> None:
    """Eleven at once, then one in two seconds; requests for the form, and for the rest of the admin, do not count."""
    paths = ["/admin/login/", "/django/admin/login/", "/%61dmin/login/?next=/admin/", "/x/../admin/login/"]
    with running_proxy(home, partsearch_behind_proxy=True, is_django_there=True) as proxy:
        began = time.monotonic()
        found = [status(proxy, address, paths[number % len(paths)], "POST") for number in range(20)]
        more = int((time.monotonic() - began) / 2) + 1
        assert found[:11] == [200] * 11
        assert found[11:].count(200) <= more
        for path in paths:
            assert status(proxy, address, path) == 200
        for path in ("/admin/", "/admin/login", "/search/part/", "/fastapi/admin/login/"):
            assert status(proxy, address, path, "POST") == 200
        assert status(proxy, "203.0.113.99", "/admin/login/", "POST") == 200


@pytest.mark.parametrize("addresses", [["2001:db8::1", "2001:db8::2"], ["127.0.0.1", "127.0.0.2"]])
def test_the_rate_limit_is_that_of_a_network(home: Path, addresses: Sequence[str]) -> None:
    """The machine itself has one limit, since the setting asks for a limit."""
    with running_proxy(home, partsearch_behind_proxy=True, partsearch_rate_limit=0.5) as proxy:
        assert [status(proxy, addresses[turn % 2]) for turn in range(4)] == [200, 200, 429, 429]
        assert status(proxy, "203.0.113.7") == 200


@pytest.mark.parametrize("rate", [0.02, 0.5, 1, 1.5, 999_999.5, 1e6])
def test_nginx_accepts_any_rate(home: Path, rate: float) -> None:
    settings = Settings(_env_file=None, partsearch_home=home, partsearch_rate_limit=rate)
    (home / "run/nginx").mkdir(parents=True)
    write_configuration(settings, Home(home))
    done = subprocess.run([*nginx_command(settings, Home(home)), "-t"], capture_output=True, text=True)
    assert (done.returncode, "[warn]" in done.stderr) == (0, False), done.stderr


HALF = b"GET /search/part/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HEADER_SECONDS = 5
MOST_HALF_SENT = 9_500


@pytest.mark.alone
def test_half_sent_headers_block_no_client_and_time_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker, and more half-sent headers than 8,192 connections, a former limit."""
    monkeypatch.setattr("partsearch.operation.nginx.configuration.workers", lambda: 1)
    with every_file_allowed() as files, running_proxy(home) as proxy, ExitStack() as stack:
        number = min(MOST_HALF_SENT, connections_of(files) // 2)
        searching = Searching(proxy)
        stack.callback(searching.stop)
        began = time.monotonic()
        half_sent = [stack.enter_context(half_sent_to(proxy)) for _ in range(number)]
        opened_within = time.monotonic() - began
        for client in half_sent:
            client.settimeout(HEADER_SECONDS + SECONDS)
            assert client.recv(1) == b""
        cut_after = time.monotonic() - began - opened_within
        searching.stop()
    assert searching.failed == []
    assert len(searching.statuses) > 20
    assert cut_after < HEADER_SECONDS + 3


def half_sent_to(proxy: NginxProxy) -> socket.socket:
    """Return a connection with half of a request; without any bytes Nginx closes it when connections run short."""
    client = socket.create_connection(("127.0.0.1", proxy.port))
    client.sendall(HALF)
    return client


@contextmanager
def every_file_allowed() -> Iterator[int]:
    """Raise the limit of open files of this process and its children as far as the machine allows; yield the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard if hard != resource.RLIM_INFINITY else 65_536, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield wanted
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Searching:
    """A client that searches without pause, each time on a new connection."""

    def __init__(self, proxy: NginxProxy) -> None:
        self._url = f"{proxy.url}/search/part/"
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
def test_the_connection_limit_follows_that_of_the_machine(
    home: Path, monkeypatch: pytest.MonkeyPatch, hard: int
) -> None:
    monkeypatch.setattr("partsearch.operation.nginx.configuration.resource.getrlimit", lambda _: (256, hard))
    with running_proxy(home, partsearch_workers=None) as proxy:
        text = proxy.configuration.read_text()
        files = min(hard, 65_536, 262_144 // (os.cpu_count() or 1))
        assert f"worker_rlimit_nofile {files};" in text
        assert f"worker_connections {connections_of(files)};" in text
        assert status(proxy, "127.0.0.1") == 200
