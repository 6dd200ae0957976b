"""Nginx's own answers: they have the form and the headers of the contract."""

from http import HTTPStatus

import pytest

from tests.contract.test_odd_http import HOST, problem_to
from tests.support.site import RunningSite


def test_trace(live_site: RunningSite) -> None:
    request = b"TRACE /search/part/ HTTP/1.1\r\n" + HOST + b"\r\n"
    assert problem_to(live_site.url, request, HTTPStatus.METHOD_NOT_ALLOWED)["allow"] == "GET, POST, HEAD"


@pytest.mark.parametrize(
    "request_line",
    [b"garbage", b"OPTIONS * HTTP/1.1", b"GET /%ff%00 HTTP/1.1", b"GET /../../etc HTTP/1.1", b"\x16\x03\x01"],
)
def test_invalid_http_at_nginx(live_site: RunningSite, request_line: bytes) -> None:
    problem_to(live_site.url, request_line + b"\r\n" + HOST + b"\r\n", HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize(
    ("head", "engine", "status"),
    [
        (b"GET /search/part/?part_name=" + b"a" * 40_000 + b" HTTP/1.1\r\n", None, HTTPStatus.REQUEST_URI_TOO_LONG),
        (b"GET /django/mark/ HTTP/1.1\r\nX-Long: " + b"a" * 40_000 + b"\r\n", "django", HTTPStatus(431)),
        (b"GET /fastapi/healthz HTTP/1.1\r\nX-Long: " + b"a" * 40_000 + b"\r\n", "fastapi", HTTPStatus(431)),
        (b"POST /django/search/part/ HTTP/1.1\r\nContent-Length: 65537\r\n", "django", HTTPStatus(413)),
        (b"POST /search/part/ HTTP/1.1\r\nContent-Length: 65537\r\n", "fastapi", HTTPStatus(413)),
        (b"GET /search/part/ HTTP/9.9\r\n", None, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED),
        (b"POST /search/part/ HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", "fastapi", HTTPStatus.NOT_IMPLEMENTED),
        (b"GET /problem/413 HTTP/1.1\r\n", "django", HTTPStatus.NOT_FOUND),
        (b"GET /search/part HTTP/1.1\r\n", "fastapi", HTTPStatus.NOT_FOUND),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_nginx_answers_like_the_service(
    live_site: RunningSite, head: bytes, engine: str | None, status: HTTPStatus
) -> None:
    headers = problem_to(live_site.url, head + HOST + b"\r\n" + b" " * 65537 * (status == 413), status)
    assert engine in (None, headers["x-engine"])


@pytest.mark.parametrize("path", ["/django", "/fastapi"])
def test_a_redirect_keeps_the_host_and_the_port_of_the_client(live_site: RunningSite, path: str) -> None:
    assert live_site.client.get(live_site.url + path).headers["Location"] == f"{path}/"
