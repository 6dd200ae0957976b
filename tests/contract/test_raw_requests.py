"""Raw requests, as people type them and as broken programs send them."""

import http.client
import json
import socket

import pytest

from tests.support.site import RunningSite

_SECONDS = 10


def exchange(url: str, *pieces: bytes) -> bytes:
    """Return the bytes that a service answers until it closes the connection."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=_SECONDS) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def a_headlight(live_site: RunningSite, empty_catalog: str) -> None:
    import psycopg

    with psycopg.connect(empty_catalog) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('ВАЗ')")
        connection.execute("INSERT INTO model (name, mark_id) VALUES ('2110', 1)")
        connection.execute("INSERT INTO part (name, mark_id, model_id, price) VALUES ('Фара левая', 1, 1, 1500)")


@pytest.mark.parametrize("service", ["django", "fastapi", "nginx"])
def test_an_address_with_cyrillic_letters_as_they_are(live_site: RunningSite, a_headlight: None, service: str) -> None:
    url = {"django": live_site.django_url, "fastapi": live_site.fastapi_url, "nginx": live_site.url}[service]
    request = "GET /search/part/?part_name=фара HTTP/1.1\r\nHost: localhost\r\nConnection: {}\r\n\r\n"
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=_SECONDS) as connection:
        # Twice on one connection, since the second request has a first line too.
        for keeping in ("keep-alive", "close"):
            connection.sendall(request.format(keeping).encode())
            with http.client.HTTPResponse(connection) as response:
                response.begin()
                answer = response.read()
            assert b'"count":1,"summ":1500' in answer, answer


def test_a_body_with_cyrillic_letters_in_two_pieces(live_site: RunningSite, a_headlight: None) -> None:
    """The second piece is not the start of a request: nothing in it may be encoded."""
    body = '{"part_name":"\r\nфара"}'.replace("\r\n", "").encode()
    head = "POST /search/part/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    for url in live_site.services:
        answer = exchange(url, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:15], body[15:])
        assert b'"count":1,"summ":1500' in answer


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GARBAGE", 400),
        (b"GET / HTTP/9.9", 505),
        (b"TRACE /search/part/ HTTP/1.1", 405),
        (b"GET /problem/400 HTTP/1.1", 404),
    ],
)
def test_nginxs_own_error_is_a_problem(live_site: RunningSite, request_line: bytes, status: int) -> None:
    answer = exchange(live_site.url, request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head or not body
    assert json.loads(body or head)["status"] == status
    assert (b"Allow:" in head) is (status == 405)


def test_invalid_http_is_a_problem_at_fastapi(live_site: RunningSite) -> None:
    head, _, body = exchange(live_site.fastapi_url, b"GARBAGE\r\n\r\n").partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400
