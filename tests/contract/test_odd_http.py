"""Unusual and invalid HTTP requests, written by hand."""

import json
from http import HTTPStatus
from urllib.parse import quote

import pytest

from tests.contract.asking import JSON, SEARCH, Service, raw_answer
from tests.contract.test_addresses import sorted_list
from tests.contract.test_filters import REAR
from tests.support.site import RunningSite

HOST = b"Host: localhost\r\nConnection: close\r\n"


def ask(url: str, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers with their names in lower case, and the body of the answer to a raw request."""
    head, _, body = raw_answer(url, request).partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    pairs = (header.split(": ", 1) for header in headers)
    return int(status.split(" ")[1]), {name.lower(): value for name, value in pairs}, body


def problem_to(url: str, request: bytes, status: HTTPStatus) -> dict[str, str]:
    """Return the headers of the problem that answers a raw request."""
    found_status, headers, body = ask(url, request)
    assert found_status == status
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-engine"] in ("django", "fastapi")
    assert headers["x-release"]
    result = json.loads(body)
    assert (result["status"], result["title"]) == (status, status.phrase)
    return headers


@pytest.mark.usefixtures("known_catalog")
def test_an_address_in_plain_utf8(service: Service, live_site: RunningSite) -> None:
    """curl and wrk send an address like this if it is typed like this."""
    for url in (service.url, f"{live_site.url}/{service.engine}"):
        for query in ("part_name=бампер+задний", f"params.color=Чёрный&part_name={quote('бампер')}+задний"):
            path = url.removeprefix(f"http://{url.split('/')[2]}")
            request = f"GET {path}{SEARCH}?{query} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
            status, headers, body = ask(url, request)
            assert (status, headers["x-engine"]) == (HTTPStatus.OK, service.engine)
            assert [part["name"] for part in json.loads(body)["response"]] == [REAR]


def test_the_next_request_on_a_kept_connection(service: Service) -> None:
    body = '{"part_name": "бампер задний"}'.encode()
    post = b"POST /search/part/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    post += b"Content-Length: %d\r\n\r\n" % len(body) + body
    last = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    assert raw_answer(service.url, post + post + last).count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.usefixtures("known_catalog")
def test_an_upgrade_to_another_protocol_is_ignored(service: Service, live_site: RunningSite) -> None:
    """Java's client asks for it in every first request, and so does ``curl --http2``."""
    offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAA"}
    for url in (service.url, f"{live_site.url}/{service.engine}"):
        for _ in range(2):
            answer = service.client.post(
                url + SEARCH, content='{"part_name": "бампер задний"}', headers={**offer, **JSON}
            )
            assert [part["name"] for part in answer.json()["response"]] == [REAR]
        assert service.client.get(url + SEARCH, headers=offer).status_code == HTTPStatus.OK


@pytest.mark.parametrize("method", ["FOO", "BREW", "M_X", "X" * 100])
def test_an_unknown_method(service: Service, live_site: RunningSite, method: str) -> None:
    for url, prefix in ((service.url, ""), (live_site.url, f"/{service.engine}")):
        request = f"{method} {prefix}{SEARCH} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
        headers = problem_to(url, request, HTTPStatus.METHOD_NOT_ALLOWED)
        assert sorted_list(headers["allow"]) == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "request_line", [b"garbage", b"GET / HTTP/9.9", b"GET /a b HTTP/1.1", b"GET /\x00 HTTP/1.1", b"\x16\x03\x01"]
)
def test_invalid_http_at_fastapi(fastapi: Service, request_line: bytes) -> None:
    problem_to(fastapi.url, request_line + b"\r\n" + HOST + b"\r\n", HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (b"/\xff", HTTPStatus.NOT_FOUND),
        (b"/search/part/\xd1\x84", HTTPStatus.NOT_FOUND),
        (b"/search/part/?part_name=\xff", HTTPStatus.BAD_REQUEST),
        (b"/search/part/?part_name=\xd1", HTTPStatus.BAD_REQUEST),
        (b"/search/part/?\x80=1", HTTPStatus.BAD_REQUEST),
        (b"/search/part/?\xd1\x84=1", HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_bytes_that_no_address_can_hold(live_site: RunningSite, address: bytes, status: HTTPStatus) -> None:
    """Both services give the same answer behind Nginx; on Django's own port its server rejects invalid UTF-8."""
    bodies = []
    for engine in ("django", "fastapi"):
        request = b"GET /" + engine.encode() + address + b" HTTP/1.1\r\n" + HOST + b"\r\n"
        assert problem_to(live_site.url, request, status)["x-engine"] == engine
        bodies.append(ask(live_site.url, request)[2])
    assert bodies[0] == bodies[1]


def test_a_host_with_a_colon_and_no_port(service: Service) -> None:
    """RFC 3986 allows an empty port."""
    request = b"GET /search/part/ HTTP/1.1\r\nHost: localhost:\r\nConnection: close\r\n\r\n"
    assert ask(service.url, request)[0] == HTTPStatus.OK


@pytest.mark.usefixtures("known_catalog")
def test_a_websocket_upgrade_is_ignored_at_other_addresses(service: Service) -> None:
    """Also if the header comes in a separate packet."""
    offer = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    for path in (SEARCH, f"{SEARCH}?page=2", "/healthz"):
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode() + offer + b"\r\n"
        last = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
        assert raw_answer(service.url, request + last).count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_asks_by_address(service: Service, path: str) -> None:
    for host in (b"Host: 10.0.0.7:9000\r\n", b"Host: example.org\r\n"):
        request = f"GET {path} HTTP/1.1\r\n".encode() + host + b"Connection: close\r\n\r\n"
        assert ask(service.url, request)[0] == HTTPStatus.OK
    problem_to(
        service.url, b"GET /search/part/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n", HTTPStatus(400)
    )


def test_invalid_http_gets_an_id_at_fastapi(fastapi: Service) -> None:
    headers = problem_to(fastapi.url, b"garbage\r\n" + HOST + b"\r\n", HTTPStatus.BAD_REQUEST)
    assert len(headers["x-request-id"]) == 32
