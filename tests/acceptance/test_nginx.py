"""Nginx as it is configured: what reaches the services of what a client sends, and what comes back."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from partsearch.operation.nginx.configuration import has_ipv6_loopback
from tests.support.deadline import wait_for
from tests.support.nginx_proxy import SECONDS, Door, opened


@pytest.fixture
def door(home: Path) -> Iterator[Door]:
    """The real binary with the real configuration; both services are the one server of the test."""
    with opened(home) as door:
        yield door


def test_a_websocket_upgrade_gets_through(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
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
    "address", ["/search//part/%2e%2e/?a=%2F&b=%d0%b1", "/?x=1", "/a;b?c?d=/fastapi/", "/%20%0d%0aX-Y:%20z"]
)
def test_the_rest_of_a_prefixed_address_goes_on_byte_for_byte(door: Door, address: str) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
        client.sendall(f"GET /fastapi{address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert door.upstream.requests[0].startswith(f"get {address} http/1.1\r\n".lower())


def first_lines(door: Door, *addresses: bytes) -> list[str]:
    """The first line of the request that reached the service, for each address, byte for byte."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
        for address in addresses:
            client.sendall(b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    return [request.partition("\r\n")[0] for request in door.upstream.requests]


def test_bytes_that_no_address_can_hold_are_percent_encoded(home: Path) -> None:
    """Under every location, once; what is encoded already stays as it is."""
    word, encoded = "бампер".encode(), "%d0%b1%d0%b0%d0%bc%d0%bf%d0%b5%d1%80"
    expected = {
        b"/search/part/?a=\xff&b=%2f": "/search/part/?a=%ff&b=%2f",
        b"/search/part/?q=" + word: f"/search/part/?q={encoded}",
        b"/fastapi/search/part/?q=" + word: f"/search/part/?q={encoded}",
        b"/django/search/part/?q=%D0" + word: f"/search/part/?q=%d0{encoded}",
        b"/django/\x80/" + word: f"/%80/{encoded}",
        b"/x/../fastapi/" + word: f"/x/../fastapi/{encoded}",
        b"/docs/\xff": "/docs/%ff",
        b"/admin/\xff?\xfe": "/admin/%ff?%fe",
        b"/\xff": "/%ff",
    }
    with opened(home, is_django_there=True) as door:
        assert first_lines(door, *expected) == [f"get {address} http/1.1" for address in expected.values()]


def test_a_prefix_that_is_written_otherwise_is_not_taken_off(door: Door) -> None:
    """What follows it would have to be decoded, and could not be put together again as it was."""
    for address in ("/x/../fastapi/search/part/", "/%66astapi/search/part/", "//fastapi/search/part/"):
        with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
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
        with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                client.sendall(piece)
            client.sendall(b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 414 ")
        assert answer.endswith(b"}")


@pytest.mark.parametrize("given", ["a", "A-Z_a.z-09", "x" * 64])
def test_the_id_that_a_client_gives_its_request_goes_on(door: Door, given: str) -> None:
    assert httpx.get(f"{door.url}/search/part/", headers={"X-Request-Id": given}).status_code == 200
    assert f"x-request-id: {given.lower()}\r" in door.upstream.requests[0]
    refused = httpx.get(f"{door.url}/django/", headers={"X-Request-Id": given})
    assert (refused.status_code, refused.headers.get_list("X-Request-Id")) == (502, [given])


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "a,b", "ю", 'a"', "a\tb"])
def test_a_request_without_an_id_that_will_do_is_given_one(door: Door, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given.encode()}
    assert httpx.get(f"{door.url}/search/part/", headers=headers).status_code == 200
    (sent,) = re.findall(r"x-request-id: (.*)\r", door.upstream.requests[0])
    assert re.fullmatch(r"[0-9a-f]{32}", sent)
    own = [
        httpx.request(method, f"{door.url}{path}", headers=headers)
        for method, path in (("GET", "/django/"), ("TRACE", "/"), ("GET", "/admin"))
    ]
    ids = {answer.headers["X-Request-Id"] for answer in own}
    assert [answer.status_code for answer in own] == [502, 405, 301]
    assert len(ids) == 3
    wait_for(lambda: f"request_id={own[0].headers['X-Request-Id']}" in door.log.read_text(), what="the log")


def test_an_answer_of_a_service_has_no_second_id(door: Door) -> None:
    """The service puts it on; this one puts nothing on."""
    assert "X-Request-Id" not in httpx.get(f"{door.url}/search/part/").headers


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "evil.example", "a_b", "10.0.0.1:80"])
def test_the_host_goes_on_whatever_it_is(door: Door, host: str) -> None:
    assert httpx.get(f"{door.url}/healthz", headers={"Host": host}).status_code == 200
    assert f"host: {host}\r" in door.upstream.requests[0]


def test_the_ipv6_loopback_is_a_door_too(door: Door) -> None:
    if not has_ipv6_loopback():
        assert "[::1]" not in door.configuration.read_text()
        return
    assert httpx.get(f"http://[::1]:{door.port}/search/part/").status_code == 200
    assert "x-real-ip: ::1\r" in door.upstream.requests[0]


def test_a_proxy_on_the_ipv6_loopback_is_believed(home: Path) -> None:
    with opened(home, partsearch_behind_proxy=True) as door:
        url = f"http://[::1]:{door.port}" if has_ipv6_loopback() else door.url
        assert httpx.get(f"{url}/search/part/", headers={"X-Real-IP": "7.7.7.7"}).status_code == 200
        assert "x-real-ip: 7.7.7.7\r" in door.upstream.requests[0]


def test_a_machine_without_ipv6_is_served_as_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partsearch.operation.nginx.configuration.has_ipv6_loopback", lambda: False)
    with opened(home) as door:
        assert "listen [" not in door.configuration.read_text()
        assert httpx.get(f"{door.url}/search/part/").status_code == 200
