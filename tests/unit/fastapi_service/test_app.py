"""What the application answers without a database: health, unexpected errors, unusual requests."""

import asyncio
import logging
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.database.progress import SearchProgress
from partsearch.fastapi_service.app import create_app
from partsearch.system.log_config import LineFormatter, LogFormat


class BrokenDatabase:
    """Raises an unexpected error."""

    async def read(self, *_arguments: Any) -> Any:
        raise RuntimeError("of ours")


class UnusedFolding:
    """Folds nothing."""

    def notice_search(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def app() -> FastAPI:
    made = create_app()
    made.state.database = BrokenDatabase()
    made.state.folding = UnusedFolding()
    return made


def ask(app: FastAPI, method: str, path: str, **options: Any) -> httpx.Response:
    async def ask_in_process() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **options)

    return asyncio.run(ask_in_process())


def test_an_unexpected_error_is_logged_with_the_id_of_the_answer(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask(app, "GET", "/search/part/", headers={"X-Request-Id": "its-own.1"})
    assert answer.status_code == 500
    assert answer.headers["X-Engine"] == "fastapi"
    assert answer.headers["X-Release"]
    assert answer.headers["X-Request-Id"] == "its-own.1"
    assert "of ours" not in answer.text
    (record,) = [record for record in caplog.records if record.name == "partsearch.fastapi_service.app"]
    line = LineFormatter(LogFormat.TEXT).format(record).splitlines()[0]
    assert line.endswith(" Request failed request_id=its-own.1 method=GET path=/search/part/")


def test_a_process_that_completes_no_searches_is_unhealthy(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(app, "GET", "/healthz").status_code == 200
    detail = "No search has succeeded for 7 s."

    def require_progress(_progress: SearchProgress) -> None:
        raise DatabaseUnavailableError(detail)

    monkeypatch.setattr(SearchProgress, "require_progress", require_progress)
    answer = ask(app, "GET", "/healthz")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["detail"] == detail


@pytest.mark.parametrize(
    "path", ["/healthz", "/search/part/?page=0", "/nothing/", "/docs", "/docs/files/swagger-ui.css"]
)
def test_every_answer_has_an_id(app: FastAPI, path: str) -> None:
    ids = {ask(app, "GET", path).headers["X-Request-Id"] for _ in range(2)}
    assert {len(own_id) for own_id in ids} == {32}
    assert len(ids) == 2
    assert ask(app, "HEAD", path, headers={"X-Request-Id": "A-z_0.9"}).headers["X-Request-Id"] == "A-z_0.9"
    assert ask(app, "GET", path, headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("localhost:", "/mark", 404),
        ("example.org", "/mark", 400),
        ("example.org", "/healthz", 200),
        ("10.0.0.7:9000", "/healthz", 200),
        ("", "/healthz", 200),
        ("example.org", "/healthz/", 400),
        ("example.org", "/docs", 400),
    ],
)
def test_hosts_outside_of_allowed_hosts_are_rejected(app: FastAPI, host: str, path: str, status: int) -> None:
    assert ask(app, "GET", path, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("encoding", "status"),
    [("gzip", 415), ("br", 415), ("gzip, identity", 415), ("identity", 422), ("Identity", 422), ("", 422)],
)
def test_a_compressed_body_is_an_unsupported_type(app: FastAPI, encoding: str, status: int) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = ask(app, "POST", "/search/part/", content=b'{"page": 0}', headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("Accept-Encoding") == ("identity" if status == 415 else None)


def test_the_docs_run_their_own_script_and_cannot_be_framed(app: FastAPI) -> None:
    policy = ask(app, "GET", "/docs").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    script = policy.partition("script-src")[2].partition(";")[0]
    assert "'sha256-" in script
    assert "unsafe-inline" not in script
