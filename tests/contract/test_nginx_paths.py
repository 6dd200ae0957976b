"""The routes of Nginx: which service answers each path, and the errors of Nginx itself."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from tests.contract.service_client import JSON, SEARCH, Service, names, problem, search_result
from tests.contract.test_addresses import sorted_list
from tests.contract.test_filters import BUMPERS, SENSOR
from tests.contract.test_unreadable import LIMIT, in_pieces, padded
from tests.support.catalog_data import Catalog
from tests.support.oracle import answer_of
from tests.support.site import RunningSite, free_environment

RATE = 5
BURST = 2 * RATE
"""Simultaneous requests that the limit allows beyond the rate: those of two seconds."""


@pytest.fixture(scope="module", params=["django", "fastapi"])
def behind_nginx(request: pytest.FixtureRequest, live_site: RunningSite, release: str) -> Service:
    """Return each of the two services as Nginx routes to it."""
    return Service(request.param, release, f"{live_site.url}/{request.param}", live_site.client)


@pytest.mark.parametrize(
    ("path", "engine", "status"),
    [
        (SEARCH, "fastapi", 200),
        (f"{SEARCH}?part_name=a", "fastapi", 200),
        (f"/django{SEARCH}", "django", 200),
        (f"/fastapi{SEARCH}", "fastapi", 200),
        ("/mark/", "django", 200),
        ("/model/?mark_id=1", "django", 200),
        ("/django/mark/", "django", 200),
        ("/fastapi/mark/", "fastapi", 404),
        ("/", "django", 200),
        ("/en/", "django", 200),
        ("/django/", "django", 200),
        ("/fastapi/", "fastapi", 404),
        ("/admin/", "django", 302),
        ("/admin/login/", "django", 200),
        ("/docs", "fastapi", 200),
        ("/docs/files/swagger-ui.css", "fastapi", 200),
        ("/openapi.json", "fastapi", 200),
        ("/fastapi/openapi.json", "fastapi", 200),
        ("/healthz", "fastapi", 200),
        ("/readyz", "fastapi", 200),
        ("/django/healthz", "django", 200),
        ("/django/readyz", "django", 200),
        ("/suggest/", "fastapi", 200),
        ("/suggest/?limit=1", "fastapi", 200),
        ("/suggest/?page=1", "fastapi", 422),
        ("/fastapi/suggest/", "fastapi", 200),
        ("/django/suggest/", "django", 200),
        ("/part/999999/", "fastapi", 404),
        ("/part/999999", "fastapi", 404),
        ("/part/", "fastapi", 404),
        ("/fastapi/part/999999/", "fastapi", 404),
        ("/django/part/999999/", "django", 404),
        ("/nothing", "django", 404),
        ("/django/nothing", "django", 404),
        ("/fastapi/nothing", "fastapi", 404),
    ],
)
def test_each_path_is_routed_to_its_service(
    live_site: RunningSite, release: str, path: str, engine: str, status: int
) -> None:
    for method in ("GET", "HEAD"):
        answer = live_site.client.request(method, live_site.url + path)
        assert (answer.status_code, answer.headers["X-Engine"]) == (status, engine)
        assert answer.headers["X-Release"] == release


@pytest.mark.parametrize(
    ("path", "engine", "post"),
    [
        ("/django", "django", 404),
        ("/fastapi", "fastapi", 404),
        ("/admin", "django", 404),
        ("/django/admin", "django", 404),
        ("/search", "django", 404),
        ("/search/part", "fastapi", 404),
        ("/search/part/live", "fastapi", 404),
        ("/search/part/live/", "fastapi", 405),
        ("/suggest", "fastapi", 404),
        ("/suggest/", "fastapi", 405),
        ("/suggestion", "django", 404),
        ("/part", "fastapi", 404),
        ("/part/17", "fastapi", 404),
        ("/part/17/", "fastapi", 405),
        ("/parts/17/", "django", 404),
        ("/django/suggest", "django", 404),
        ("/fastapi/part", "fastapi", 404),
        ("/django/search/part", "django", 404),
        ("/fastapi/search/part", "fastapi", 404),
        ("/fastapi/search/part/live", "fastapi", 404),
        ("/docs", "fastapi", 405),
        ("/docs/", "fastapi", 404),
        ("/openapi.json/", "django", 404),
        ("/healthz/", "django", 404),
        ("/mark", "django", 404),
        ("/en", "django", 404),
        ("/problem/404", "django", 404),
        ("/problem/404/", "django", 404),
    ],
)
def test_only_get_and_head_are_redirected(live_site: RunningSite, path: str, engine: str, post: int) -> None:
    """A client would follow the redirect of a POST to the path with a trailing slash by a GET."""
    for method in ("POST", "PUT", "DELETE"):
        answer = live_site.client.request(method, f"{live_site.url}{path}?a=1", content=b"{}", headers=JSON)
        assert (answer.status_code, answer.headers["X-Engine"]) == (post, engine), method
    for method in ("GET", "HEAD"):
        answer = live_site.client.request(method, f"{live_site.url}{path}?a=1")
        assert answer.headers["X-Engine"] == engine
        assert answer.headers["X-Release"]
        if path in ("/django", "/fastapi", "/admin"):
            assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}/?a=1")
            assert answer.headers["X-Request-Id"]
        else:
            assert answer.status_code != 301


@pytest.mark.usefixtures("known_catalog")
def test_searches_work_through_nginx(behind_nginx: Service) -> None:
    assert behind_nginx.names(part_name="бамп") == BUMPERS
    assert names(behind_nginx.get("part_name=100%25&params.is_new_part=%22true%22")) == ["100% новый"]
    assert names(behind_nginx.get("params.%F0%9F%94%91=%F0%9F%98%80+emoji")) == ["Ключи"]
    assert names(behind_nginx.get("part_name=%f0%9f%98%80")) == [SENSOR]


@pytest.mark.parametrize(
    ("method", "path", "content", "headers"),
    [
        ("POST", SEARCH, b"{", JSON),
        ("POST", SEARCH, b"{}", {"Content-Type": "text/plain"}),
        ("POST", SEARCH, b'{"page": 0, "x": 1}', JSON),
        ("GET", f"{SEARCH}?part_name=%ff", None, {}),
        ("GET", f"{SEARCH}?page=0&colour=red", None, {}),
        ("PUT", SEARCH, b"{}", JSON),
        ("DELETE", "/healthz", None, {}),
        ("GET", "/nothing", None, {}),
        ("GET", SEARCH, None, {"Host": "evil.example"}),
    ],
)
def test_nginx_passes_errors_on_unchanged(
    behind_nginx: Service,
    service: Service,
    method: str,
    path: str,
    content: bytes | None,
    headers: dict[str, str],
) -> None:
    answers = [
        target.client.request(method, target.url + path, content=content, headers=headers)
        for target in (behind_nginx, service)
    ]
    for answer in answers:
        problem(answer, HTTPStatus(answers[0].status_code))
    assert len({answer.content for answer in answers}) == 1
    assert len({sorted_list(answer.headers.get("Allow", "")) for answer in answers}) == 1


def test_nginx_passes_a_body_of_64_kib_on(behind_nginx: Service, known_catalog: Catalog) -> None:
    expected = answer_of(known_catalog, {})
    assert search_result(behind_nginx.post(padded(LIMIT))) == expected
    assert search_result(behind_nginx.ask("POST", SEARCH, in_pieces(padded(LIMIT)), **JSON)) == expected


@pytest.mark.parametrize("prefix", ["", "/django", "/fastapi"])
@pytest.mark.parametrize("length", [LIMIT + 1, 1_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_413_through_nginx(live_site: RunningSite, prefix: str, length: int, chunked: bool) -> None:
    body = in_pieces(padded(length)) if chunked else padded(length)
    answer = live_site.client.post(live_site.url + prefix + SEARCH, content=body, headers=JSON)
    assert problem(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)["detail"] == "The body is over 64 KiB."


def test_a_url_that_is_too_long_is_414(live_site: RunningSite) -> None:
    answer = live_site.client.get(f"{live_site.url}{SEARCH}?part_name={'a' * 40_000}")
    assert "POST" in problem(answer, HTTPStatus.REQUEST_URI_TOO_LONG)["detail"]


@pytest.fixture(scope="module")
def limited_site(live_site: RunningSite) -> Iterator[RunningSite]:
    """Run a second site with its own home and ports, Django on the unprefixed paths, and a low rate limit."""
    home = Path(tempfile.mkdtemp(prefix="partsearch-limited-"))
    settings = {
        "PARTSEARCH_ENGINE": "django",
        "PARTSEARCH_RATE_LIMIT": str(RATE),
        "PARTSEARCH_WORKERS": "1",
    }
    try:
        with RunningSite.started({**free_environment(home / "site"), **settings}) as site:
            yield site
    finally:
        shutil.rmtree(home)


def test_two_sites_run_side_by_side(live_site: RunningSite, limited_site: RunningSite, empty_catalog: str) -> None:
    with psycopg.connect(limited_site.conninfo) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (1, 'Kia')")
    marks = [live_site.client.get(f"{site.django_url}/mark/").json()["count"] for site in (live_site, limited_site)]
    assert marks == [0, 1]
    assert live_site.home != limited_site.home
    for site in (live_site, limited_site):
        states = {process["state"] for process in site.status()["processes"]}
        assert states == {"running"}


def test_the_engine_of_unprefixed_paths_is_a_setting(live_site: RunningSite, limited_site: RunningSite) -> None:
    engines = [live_site.client.get(site.url + SEARCH).headers["X-Engine"] for site in (live_site, limited_site)]
    assert engines == ["fastapi", "django"]


def test_requests_over_the_rate_limit_are_429(live_site: RunningSite, limited_site: RunningSite) -> None:
    """The limit applies whatever ``X-Forwarded-For`` a client sends. The other site has no limit."""
    began = time.monotonic()
    answers = [
        live_site.client.get(limited_site.url + SEARCH, headers={"X-Forwarded-For": f"10.0.0.{number}"})
        for number in range(60)
    ]
    allowed = RATE * (time.monotonic() - began) + BURST + 1
    rejected = [answer for answer in answers if answer.status_code != HTTPStatus.OK]
    assert len(answers) - len(rejected) <= allowed
    assert rejected
    for answer in rejected:
        problem(answer, HTTPStatus.TOO_MANY_REQUESTS)
        assert int(answer.headers["Retry-After"]) >= 1
    assert {live_site.client.get(live_site.url + SEARCH).status_code for _ in range(40)} == {HTTPStatus.OK}
