"""Nginx with its real configuration: what it forwards to the services, and what it returns to the client."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from partsearch.operation.nginx.configuration import has_ipv6_loopback
from tests.support.deadline import wait_for
from tests.support.nginx_proxy import SECONDS, NginxProxy, running_proxy


@pytest.fixture
def proxy(home: Path) -> Iterator[NginxProxy]:
    """The real binary with the real configuration; one server of the test acts as both services."""
    with running_proxy(home) as proxy:
        yield proxy


def test_a_websocket_upgrade_is_forwarded(proxy: NginxProxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
        client.sendall(
            b"GET /search/part/live/ HTTP/1.1\r\nHost: shop.example\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101 ")
        client.sendall(b"hello")
        wait_for(lambda: client.recv(4096) == b"hello")
    assert "get /search/part/live/ http/1.1" in proxy.upstream.requests[0]
    assert "connection: upgrade" in proxy.upstream.requests[0]


def test_forwarding_headers_of_a_client_are_not_trusted(proxy: NginxProxy) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Real-IP": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "Host": "shop.example",
    }
    assert httpx.get(f"{proxy.url}/search/part/", headers=forged).status_code == 200
    seen = proxy.upstream.requests[0]
    for header in (
        "host: shop.example",
        "x-real-ip: 127.0.0.1",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http\r",
    ):
        assert header in seen
    assert "6.6.6.6" not in seen


def test_forwarding_headers_are_trusted_behind_another_proxy(home: Path) -> None:
    headers = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "7.7.7.7", "X-Forwarded-Proto": "https"}
    with running_proxy(home, partsearch_behind_proxy=True) as proxy:
        assert httpx.get(f"{proxy.url}/search/part/", headers=headers).status_code == 200
        seen = proxy.upstream.requests[0]
        for header in ("x-real-ip: 7.7.7.7", "x-forwarded-for: 7.7.7.7\r", "x-forwarded-proto: https\r"):
            assert header in seen
        assert httpx.get(f"{proxy.url}/search/part/", headers={"X-Forwarded-Proto": "gopher"}).status_code == 200
        assert "x-forwarded-proto: http\r" in proxy.upstream.requests[1]


@pytest.mark.parametrize(
    "address", ["/search//part/%2e%2e/?a=%2F&b=%d0%b1", "/?x=1", "/a;b?c?d=/fastapi/", "/%20%0d%0aX-Y:%20z"]
)
def test_the_rest_of_a_prefixed_address_is_forwarded_byte_for_byte(proxy: NginxProxy, address: str) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
        client.sendall(f"GET /fastapi{address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert proxy.upstream.requests[0].startswith(f"get {address} http/1.1\r\n".lower())


def first_lines(proxy: NginxProxy, *addresses: bytes) -> list[str]:
    """Request each address byte for byte, and return the first lines of the requests that reached the service."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
        for address in addresses:
            client.sendall(b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    return [request.partition("\r\n")[0] for request in proxy.upstream.requests]


def test_bytes_that_no_address_can_hold_are_percent_encoded(home: Path) -> None:
    """In every location, and once: what is already encoded does not change."""
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
    with running_proxy(home, is_django_there=True) as proxy:
        assert first_lines(proxy, *expected) == [f"get {address} http/1.1" for address in expected.values()]


def test_a_prefix_in_another_spelling_is_not_removed(proxy: NginxProxy) -> None:
    """The rest of the address would have to be decoded, and could not be restored byte for byte."""
    for address in ("/x/../fastapi/search/part/", "/%66astapi/search/part/", "//fastapi/search/part/"):
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
            client.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert proxy.upstream.requests[-1].startswith(f"get {address} ")


def test_upstream_connections_are_kept(proxy: NginxProxy) -> None:
    for _ in range(20):
        httpx.get(f"{proxy.url}/search/part/")
    # At most one for each worker of Nginx, not one for each request.
    assert proxy.upstream.connections <= (os.cpu_count() or 1)
    assert len(proxy.upstream.requests) == 20


def test_an_unavailable_service_is_answered_with_a_problem(proxy: NginxProxy) -> None:
    answer = httpx.get(f"{proxy.url}/django/search/part/")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["status"] == 502


def test_a_client_that_is_rejected_while_it_still_sends_gets_the_answer(proxy: NginxProxy) -> None:
    """Every time: without a lingering close Nginx does not read all bytes, and some connections are reset."""
    pieces = [b"GET /search/part/?part_name=" + b"a" * 20_000, b"a" * 12_700, b"a" * 300, b"a" * 7_000]
    for _ in range(1000):
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=SECONDS) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                client.sendall(piece)
            client.sendall(b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 414 ")
        assert answer.endswith(b"}")


@pytest.mark.parametrize("given", ["a", "A-Z_a.z-09", "x" * 64])
def test_the_request_id_of_a_client_is_forwarded(proxy: NginxProxy, given: str) -> None:
    assert httpx.get(f"{proxy.url}/search/part/", headers={"X-Request-Id": given}).status_code == 200
    assert f"x-request-id: {given.lower()}\r" in proxy.upstream.requests[0]
    rejected = httpx.get(f"{proxy.url}/django/", headers={"X-Request-Id": given})
    assert (rejected.status_code, rejected.headers.get_list("X-Request-Id")) == (502, [given])


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "a,b", "ю", 'a"', "a\tb"])
def test_a_request_without_a_valid_id_gets_one(proxy: NginxProxy, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given.encode()}
    assert httpx.get(f"{proxy.url}/search/part/", headers=headers).status_code == 200
    (sent,) = re.findall(r"x-request-id: (.*)\r", proxy.upstream.requests[0])
    assert re.fullmatch(r"[0-9a-f]{32}", sent)
    own = [
        httpx.request(method, f"{proxy.url}{path}", headers=headers)
        for method, path in (("GET", "/django/"), ("TRACE", "/"), ("GET", "/admin"))
    ]
    ids = {answer.headers["X-Request-Id"] for answer in own}
    assert [answer.status_code for answer in own] == [502, 405, 301]
    assert len(ids) == 3
    wait_for(lambda: f"request_id={own[0].headers['X-Request-Id']}" in proxy.log.read_text(), what="the log")


def test_an_answer_of_a_service_has_no_second_id(proxy: NginxProxy) -> None:
    """The service sets it; the server of this test sets none."""
    assert "X-Request-Id" not in httpx.get(f"{proxy.url}/search/part/").headers


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "evil.example", "a_b", "10.0.0.1:80"])
def test_any_host_is_forwarded(proxy: NginxProxy, host: str) -> None:
    assert httpx.get(f"{proxy.url}/healthz", headers={"Host": host}).status_code == 200
    assert f"host: {host}\r" in proxy.upstream.requests[0]


def test_nginx_listens_on_the_ipv6_loopback_too(proxy: NginxProxy) -> None:
    if not has_ipv6_loopback():
        assert "[::1]" not in proxy.configuration.read_text()
        return
    assert httpx.get(f"http://[::1]:{proxy.port}/search/part/").status_code == 200
    assert "x-real-ip: ::1\r" in proxy.upstream.requests[0]


def test_a_proxy_on_the_ipv6_loopback_is_trusted(home: Path) -> None:
    with running_proxy(home, partsearch_behind_proxy=True) as proxy:
        url = f"http://[::1]:{proxy.port}" if has_ipv6_loopback() else proxy.url
        assert httpx.get(f"{url}/search/part/", headers={"X-Real-IP": "7.7.7.7"}).status_code == 200
        assert "x-real-ip: 7.7.7.7\r" in proxy.upstream.requests[0]


def test_a_machine_without_ipv6_is_served_as_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partsearch.operation.nginx.configuration.has_ipv6_loopback", lambda: False)
    with running_proxy(home) as proxy:
        assert "listen [" not in proxy.configuration.read_text()
        assert httpx.get(f"{proxy.url}/search/part/").status_code == 200
