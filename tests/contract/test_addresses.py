"""404, 405 and HEAD: the addresses and their methods."""

import re
from http import HTTPStatus

import pytest

from tests.contract.asking import SEARCH, Service, problem, raw_answer, same_problem

Both = tuple[Service, Service]

GET_ONLY = {
    "django": ["/mark/", "/model/", "/healthz", "/readyz"],
    "fastapi": ["/docs", "/docs/files/swagger-ui.css", "/openapi.json", "/healthz", "/readyz"],
}


@pytest.mark.parametrize(
    "path",
    [
        "/search/part",
        "/search/part/1",
        "/search/part//",
        "//search/part/",
        "/search//part/",
        "/search/",
        "/Search/Part/",
        "/nothing",
        "/nothing/?part_name=a",
        "/healthz/",
        "/mark",
        "/%D0%B1%D0%B0%D0%BC%D0%BF%D0%B5%D1%80",
        "/%ff%fe",
        "/search/part/%00",
        "/..%2f..%2fetc/passwd",
        "/%7b%7b7*7%7d%7d",
        "/" + "a" * 8000,
    ],
    ids=lambda path: path[:40],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address(services: Both, method: str, path: str) -> None:
    same_problem(services, lambda service: service.ask(method, path), HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("path", ["/mark/", "/model/"])
def test_the_lists_are_djangos(fastapi: Service, path: str) -> None:
    problem(fastapi.ask("GET", path), HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "SEARCH"])
@pytest.mark.parametrize(
    ("path", "allowed"), [(SEARCH, "GET, HEAD, POST"), ("/healthz", "GET, HEAD"), ("/readyz", "GET, HEAD")]
)
def test_an_unsupported_method(services: Both, method: str, path: str, allowed: str) -> None:
    result = same_problem(services, lambda service: service.ask(method, path), HTTPStatus.METHOD_NOT_ALLOWED)
    assert "errors" not in result
    for service in services:
        assert sorted_list(service.ask(method, path).headers["Allow"]) == allowed


def sorted_list(header: str) -> str:
    """Return the values of a header that is a list, sorted."""
    return ", ".join(sorted(item.strip() for item in header.split(",")))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_read_only_address(service: Service, method: str) -> None:
    for path in GET_ONLY[service.engine]:
        answer = service.ask(method, path, b"{}", Content_Type="application/json")
        problem(answer, HTTPStatus.METHOD_NOT_ALLOWED)
        assert sorted_list(answer.headers["Allow"]) == "GET, HEAD"


def test_the_body_of_a_rejected_request_is_not_taken_for_the_next_one(service: Service) -> None:
    """The connection stays open too, though many servers close one whose body was not read."""
    for _ in range(100):
        refused = service.ask("POST", SEARCH, b"GET / HTTP/1.1\r\n\r\n" * 3000, Content_Type="text/plain")
        problem(refused, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        assert refused.headers.get("Connection") != "close"
        assert service.ask("GET", "/healthz").status_code == HTTPStatus.OK
    for method, path in (("PUT", SEARCH), ("POST", "/nothing"), ("DELETE", "/healthz"), ("GET", SEARCH)):
        service.ask(method, path, b"GET / HTTP/1.1\r\n\r\n" * 3)
        assert service.ask("GET", "/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "path", [SEARCH, f"{SEARCH}?part_name=a&page=2", f"{SEARCH}?page=0", f"{SEARCH}?part_name=%ff", "/nothing"]
)
def test_head_is_supported_wherever_get_is(service: Service, path: str) -> None:
    check_head(service, path)


def test_head_of_a_read_only_address(service: Service) -> None:
    for path in GET_ONLY[service.engine]:
        check_head(service, path)


def check_head(service: Service, path: str) -> None:
    """Check that HEAD answers like GET, with the same length and no body."""
    get = service.ask("GET", path)
    head = service.ask("HEAD", path)
    assert head.status_code == get.status_code
    for header in ("Content-Type", "Content-Length", "Allow"):
        assert head.headers.get(header) == get.headers.get(header), header
    request = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert raw_answer(service.url, request.encode()).endswith(b"\r\n\r\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health(service: Service, path: str) -> None:
    assert service.ask("GET", path).json() == {"status": "ok"}
    assert service.ask("GET", path).headers["Content-Type"] == "application/json"


SERVED = [
    "localhost:",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "LocalHost",
    "localhost:1",
    "127.0.0.1:65535",
    "[::1]:8000",
    "localhost.:80",
]
REFUSED = ["evil.example", "evil.example:8000", "localhost.evil.example", "evil-localhost", "127.0.0.2", "0.0.0.0"]
REFUSED += [
    "",
    "localhost:port",
    "localhost:80:80",
    "[::1",
    "::1",
    "a b",
    "localhost/",
    "me@localhost",
    "*",
    ".localhost",
]


@pytest.mark.parametrize("host", SERVED)
def test_allowed_hosts(service: Service, host: str) -> None:
    assert service.ask("GET", SEARCH, Host=host).status_code == HTTPStatus.OK


@pytest.mark.parametrize("host", REFUSED)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", SEARCH), ("PUT", SEARCH), ("GET", "/nothing"), ("GET", "/healthz/")]
)
def test_other_hosts(services: Both, method: str, path: str, host: str) -> None:
    result = same_problem(services, lambda service: service.ask(method, path, Host=host), HTTPStatus.BAD_REQUEST)
    assert "ALLOWED_HOSTS" in result["detail"]


@pytest.mark.parametrize("host", REFUSED)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_probes_answer_any_host(service: Service, path: str, host: str) -> None:
    assert service.ask("GET", path, Host=host).status_code == HTTPStatus.OK
    assert service.ask("POST", path, Host=host).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", [SEARCH, "/nothing", "/", "/static/web/logo.svg", "/healthz"])
def test_the_id_of_a_request(service: Service, path: str) -> None:
    given = "A-z.0_9" * 9
    assert service.ask("GET", path, X_Request_Id=given).headers["X-Request-Id"] == given
    for odd in ("", "a" * 65, "a b", "a/b"):
        made = service.ask("GET", path, X_Request_Id=odd).headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{32}", made)


def test_a_forwarded_host_is_ignored(service: Service) -> None:
    answer = service.ask("GET", SEARCH, X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    assert answer.status_code == HTTPStatus.OK
    problem(service.ask("GET", SEARCH, Host="evil.example", X_Forwarded_Host="localhost"), HTTPStatus.BAD_REQUEST)
