"""Nginx as it is configured, in front of a server of the test's own that shows what reaches it."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.deadline import wait_for
from tests.site import free_ports

_SECONDS = 10


@dataclass
class Upstream:
    """A server that answers every request with 200, an upgrade with 101 and an echo, and keeps what it was sent."""

    port: int
    connections: int = 0
    requests: list[str] = field(default_factory=list)

    def serve(self) -> None:
        with socket.create_server(("127.0.0.1", self.port)) as server:
            while True:
                connection, _ = server.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while head := b"".join(iter(stream.readline, b"\r\n")) if stream.peek(1) else b"":
                self.requests.append(head.decode().lower())
                if b"upgrade: websocket" in head.lower():
                    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
                    connection.sendall(b"Connection: upgrade\r\n\r\n")
                    connection.sendall(stream.read(5))
                    return
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@dataclass
class Door:
    """Nginx on a port, with the server behind it."""

    port: int
    upstream: Upstream

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def door(home: Path) -> Iterator[Door]:
    """The real binary with the real configuration; both services are the one server of the test."""
    with opened(home) as door:
        yield door


@contextmanager
def opened(home: Path, **more: Any) -> Iterator[Door]:
    """A door with more settings."""
    from partsearch.database.account import site_account
    from partsearch.operation.home import Home
    from partsearch.operation.nginx import nginx_binary, write_configuration
    from partsearch.settings import Settings

    port, upstream_port, unused, *nothing = free_ports(5)
    upstream = Upstream(upstream_port)
    threading.Thread(target=upstream.serve, daemon=True).start()
    settings = Settings(
        partsearch_home=home,
        partsearch_port=port,
        partsearch_django_ports=tuple(nothing),
        partsearch_fastapi_ports=(upstream_port, unused),
        **more,
    )
    folders = Home(home)
    folders.prepare(site_account())
    (folders.run / "nginx").mkdir()
    configuration = write_configuration(settings, folders)
    command = [nginx_binary(settings), "-e", "stderr", "-p", str(folders.run), "-c", str(configuration)]
    nginx = subprocess.Popen(command, env=os.environ)
    wait_for(lambda: _listens(port), what="Nginx")
    try:
        yield Door(port, upstream)
    finally:
        nginx.terminate()
        nginx.wait(_SECONDS)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_websocket_upgrade_gets_through(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=_SECONDS) as client:
        client.sendall(
            b"GET /search/part/live/ HTTP/1.1\r\nHost: shop.example\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101 ")
        client.sendall(b"hello")
        wait_for(lambda: client.recv(4096) == b"hello")
    assert "get /search/part/live/ http/1.1" in door.upstream.requests[0]
    assert "connection: upgrade" in door.upstream.requests[0]


def test_what_a_client_says_of_its_address_is_not_believed(door: Door) -> None:
    lies = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6", "X-Forwarded-Proto": "https", "Host": "shop.example"}
    assert httpx.get(f"{door.url}/search/part/", headers=lies).status_code == 200
    seen = door.upstream.requests[0]
    for header in (
        "host: shop.example",
        "x-real-ip: 127.0.0.1",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http\r",
    ):
        assert header in seen
    assert "6.6.6.6" not in seen


def test_what_another_nginx_in_front_says_is_believed_where_there_is_one(home: Path) -> None:
    told = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "7.7.7.7", "X-Forwarded-Proto": "https"}
    with opened(home, partsearch_behind_proxy=True) as door:
        assert httpx.get(f"{door.url}/search/part/", headers=told).status_code == 200
        seen = door.upstream.requests[0]
        for header in ("x-real-ip: 7.7.7.7", "x-forwarded-for: 7.7.7.7\r", "x-forwarded-proto: https\r"):
            assert header in seen
        assert httpx.get(f"{door.url}/search/part/", headers={"X-Forwarded-Proto": "gopher"}).status_code == 200
        assert "x-forwarded-proto: http\r" in door.upstream.requests[1]


@pytest.mark.parametrize(
    "address", ["/search//part/%2e%2e/?a=%2F&b=%d0%b1", "/?x=1", "/a;b?c?d=/fastapi/", "/%20%0d%0aX-Y:%20z", "/бампер"]
)
def test_the_rest_of_a_prefixed_address_goes_on_byte_for_byte(door: Door, address: str) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=_SECONDS) as client:
        client.sendall(f"GET /fastapi{address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert door.upstream.requests[0].startswith(f"get {address} http/1.1\r\n".lower())


def test_a_prefix_that_is_written_otherwise_is_not_taken_off(door: Door) -> None:
    """What follows it would have to be decoded, and could not be put together again as it was."""
    for address in ("/x/../fastapi/search/part/", "/%66astapi/search/part/", "//fastapi/search/part/"):
        with socket.create_connection(("127.0.0.1", door.port), timeout=_SECONDS) as client:
            client.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert door.upstream.requests[-1].startswith(f"get {address} ")


def test_upstream_connections_are_kept(door: Door) -> None:
    for _ in range(20):
        httpx.get(f"{door.url}/search/part/")
    # One for each worker of Nginx, and none for each request.
    assert door.upstream.connections <= (os.cpu_count() or 1)
    assert len(door.upstream.requests) == 20


def test_a_service_that_is_not_there_is_a_problem(door: Door) -> None:
    answer = httpx.get(f"{door.url}/django/search/part/")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["status"] == 502


def test_a_client_that_is_refused_while_it_still_sends_gets_the_answer(door: Door) -> None:
    """Every time: Nginx, where it does not linger, closes on bytes that it has not read, and some are reset."""
    pieces = [b"GET /search/part/?part_name=" + b"a" * 20_000, b"a" * 12_700, b"a" * 300, b"a" * 7_000]
    for _ in range(1000):
        with socket.create_connection(("127.0.0.1", door.port), timeout=_SECONDS) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                client.sendall(piece)
            client.sendall(b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 414 ")
        assert answer.endswith(b"}")
