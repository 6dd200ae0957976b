"""The messages of ``/search/part/live/``, direct and through Nginx."""

from http import HTTPStatus
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import truncate_catalog
from tests.contract.service_client import SEARCH, to_json
from tests.contract.test_search_random import searches
from tests.contract.test_unusual_http import HOST, problem_to
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.live import LIVE, LiveClient, rejection
from tests.support.oracle import answer_of
from tests.support.site import RunningSite

ROUTES = {"service": ("fastapi_url", LIVE), "Nginx": ("url", LIVE), "Nginx, by name": ("url", f"/fastapi{LIVE}")}
HANDSHAKE = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


@pytest.fixture(params=ROUTES.values(), ids=ROUTES)
def route(request: pytest.FixtureRequest, live_site: RunningSite) -> tuple[str, str]:
    """Return each route to the socket: the URL of the server and the path."""
    name, path = request.param
    return getattr(live_site, name), path


@pytest.fixture
def fresh_catalog(migrated_database: str) -> str:
    """Insert the known catalog for a test that changes it."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    return migrated_database


def rename(conninfo: str, part: int, name: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("UPDATE part SET name = %s WHERE id = %s", [name, part])


@pytest.mark.usefixtures("known_catalog")
def test_a_search_gets_the_same_answer_as_over_http(
    route: tuple[str, str], live_site: RunningSite, release: str
) -> None:
    with LiveClient.connected(*route) as client:
        opened = client.connection.response
        assert opened is not None
        assert (opened.headers["X-Engine"], opened.headers["X-Release"]) == ("fastapi", release)
        for search in ({}, {"part_name": "бамп", "params": {"color": "КРАСНЫЙ"}}, {"page": 3}, {"mark_list": []}):
            client.send(search)
            answer = httpx.post(f"{live_site.django_url}{SEARCH}", json=search).text
            assert client.text() == '{"type":"result",' + answer.removeprefix("{")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=st.lists(searches(KNOWN_CATALOG), min_size=1, max_size=5))
def test_any_searches_are_answered_in_order(
    live_site: RunningSite, known_catalog: Catalog, wanted: list[dict[str, Any]]
) -> None:
    """Every message is answered in order, even if all are sent before the first answer is read."""
    with LiveClient.connected(live_site.fastapi_url) as client:
        for search in wanted:
            client.send(search)
        for search in wanted:
            assert client.answer() == answer_of(known_catalog, search), to_json(search)


@pytest.mark.parametrize(
    ("text", "status", "fields"),
    [
        ("", 400, None),
        ("{", 400, None),
        ("[]", 400, None),
        ('{"page": NaN}', 400, None),
        ('{"page": 1, "page": 1}', 400, None),
        ('{"part_name": "a\\u0000"}', 400, None),
        (b"\xff{}", 400, None),
        ('{"page": 0, "colour": 1}', 422, ["page", "colour"]),
        ('{"part_name": "' + "a" * 201 + '"}', 422, ["part_name"]),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_invalid_search_is_a_problem_and_keeps_the_subscription(
    route: tuple[str, str], fresh_catalog: str, text: str | bytes, status: int, fields: list[str] | None
) -> None:
    with LiveClient.connected(*route) as client:
        assert client.ask({"part_name": "бампер передний"})["count"] == 2
        client.send(text)
        problem = client.message()
        assert problem["type"] == "problem"
        assert (problem["status"], problem["title"]) == (status, HTTPStatus(status).phrase)
        assert problem["detail"]
        assert [error["field"] for error in problem.get("errors", [])] == (fields or [])
        rename(fresh_catalog, 100, "Другая деталь")
        assert client.result(2)["count"] == 1


def test_a_binary_message_is_read_as_text(live_site: RunningSite, known_catalog: Catalog) -> None:
    with LiveClient.connected(live_site.fastapi_url) as client:
        client.send('{"part_name": "датчик"}'.encode())
        assert client.answer() == answer_of(known_catalog, {"part_name": "датчик"})


def test_a_new_search_replaces_the_previous_one(route: tuple[str, str], fresh_catalog: str) -> None:
    with LiveClient.connected(*route) as client:
        assert client.ask({"part_name": "бампер передний"})["count"] == 2
        assert client.ask({"part_name": "датчик"})["count"] == 2
        rename(fresh_catalog, 100, "Другая деталь")
        assert client.receives_nothing()
        rename(fresh_catalog, 100, "Третий датчик")
        assert client.result(2)["count"] == 3


def test_a_repeated_search_is_answered_again(live_site: RunningSite, known_catalog: Catalog) -> None:
    with LiveClient.connected(live_site.fastapi_url) as client:
        assert client.ask({"page": 2}) == client.ask({"page": 2})


def test_a_message_over_64_kib_closes_the_socket(route: tuple[str, str], known_catalog: Catalog) -> None:
    with LiveClient.connected(*route) as client:
        client.send("{" + " " * (65536 - 2) + "}")
        assert client.result()["count"]
        client.send_to_close("{" + " " * (65536 - 1) + "}")
        assert client.close_code() == 1009


def test_invalid_utf8_closes_the_socket(live_site: RunningSite) -> None:
    with LiveClient.connected(live_site.fastapi_url) as client:
        client.connection.send(b"\xff", text=True)
        assert client.close_code() == 1007


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/search/part/alive/", {}, 404),
        ("/fastapi/nothing/", {}, 404),
        (LIVE, {"Origin": "https://example.org"}, 403),
        (LIVE, {"Origin": "http://127.0.0.1.example.org"}, 403),
        (LIVE, {"Origin": "null"}, 403),
        (LIVE, {"Origin": "http://[::1"}, 403),
    ],
    ids=str,
)
@pytest.mark.parametrize("address", ["fastapi_url", "url"])
def test_a_handshake_is_rejected_before_the_upgrade(
    live_site: RunningSite, release: str, address: str, path: str, headers: dict[str, str], status: int
) -> None:
    rejected = rejection(getattr(live_site, address), path, **headers).response
    assert rejected.status_code == status
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.headers["X-Release"] == release
    assert rejected.headers["X-Engine"] == (
        "django" if (address, path) == ("url", "/search/part/alive/") else "fastapi"
    )
    assert rejected.body is not None
    assert f'"status":{status}'.encode() in rejected.body


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "https://localhost", "http://[::1]:1"])
def test_local_origins_may_connect(live_site: RunningSite, known_catalog: Catalog, origin: str) -> None:
    with LiveClient.connected(live_site.fastapi_url, Origin=origin) as client:
        assert client.ask({})["count"]


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        (b"GET /search/part/live/ HTTP/1.1", b"", HTTPStatus.UPGRADE_REQUIRED),
        (b"GET /search/part/live/ HTTP/1.1", b"Connection: Upgrade\r\nUpgrade: h2c\r\n", HTTPStatus.UPGRADE_REQUIRED),
        (b"POST /search/part/live/ HTTP/1.1", HANDSHAKE + KEY, HTTPStatus.METHOD_NOT_ALLOWED),
        (b"GET /search/part/live/ HTTP/1.1", HANDSHAKE, HTTPStatus.BAD_REQUEST),
        (b"GET /search/part/live/ HTTP/1.1", HANDSHAKE + b"Sec-WebSocket-Key: a\r\n", HTTPStatus.BAD_REQUEST),
        (
            b"GET /search/part/live/ HTTP/1.1",
            HANDSHAKE.replace(b"13", b"8") + KEY,
            HTTPStatus.BAD_REQUEST,
        ),
        (
            b"GET /search/part/live/?" + b"a" * 9000 + b" HTTP/1.1",
            HANDSHAKE + KEY,
            HTTPStatus.REQUEST_URI_TOO_LONG,
        ),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_an_invalid_handshake_is_a_problem(
    live_site: RunningSite, request_line: bytes, headers: bytes, status: HTTPStatus
) -> None:
    for url in (live_site.fastapi_url, live_site.url):
        reported = problem_to(url, request_line + b"\r\n" + HOST + headers + b"\r\n", status)
        assert reported["x-engine"] == "fastapi"


def test_every_answer_to_a_handshake_has_a_request_id(live_site: RunningSite) -> None:
    with LiveClient.connected(live_site.fastapi_url, X_Request_Id="its-own.1") as client:
        assert client.connection.response is not None
        assert client.connection.response.headers["X-Request-Id"] == "its-own.1"
    rejected = rejection(live_site.fastapi_url, Origin="null", X_Request_Id="its-own.2").response
    assert rejected.headers["X-Request-Id"] == "its-own.2"
    own = HOST + b"X-Request-Id: its-own.3\r\n" + HANDSHAKE + b"\r\n"
    reported = problem_to(live_site.fastapi_url, b"GET /search/part/live/ HTTP/1.1\r\n" + own, HTTPStatus.BAD_REQUEST)
    assert reported["x-request-id"] == "its-own.3"


def test_a_host_that_is_not_allowed_gets_no_socket(live_site: RunningSite) -> None:
    request = b"GET /search/part/live/ HTTP/1.1\r\nHost: example.org\r\n" + HANDSHAKE + KEY + b"\r\n"
    problem_to(live_site.fastapi_url, request, HTTPStatus.BAD_REQUEST)
