"""The lowest versions that ``pyproject.toml`` allows: both services start and answer alike on them.

The tests run on the versions of the lock, which are the newest ones. What is asked here touches each part of a package
that partsearch replaces, or that an older version does not have: see ``docs/decisions/dependency-bounds.md``.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import psycopg
import pytest
import uv
from websockets.exceptions import ConnectionClosed

from partsearch.contract.limits import BODY_BYTES
from tests.contract.service_client import SEARCH
from tests.contract.test_unusual_http import HOST, problem_to
from tests.support.documents import ROOT
from tests.support.live import LIVE, LiveClient
from tests.support.site import RunningSite, free_environment

_INSTALL_SECONDS = 300
_LOCKED_SECONDS = 0.3
"""Longer than a request of the Django service runs before the service checks for a disconnect of its client."""

_SEARCHES = (
    ("", {}),
    ("page=3", {"page": 3}),
    ("params.is_new_part=true", {"params": {"is_new_part": True}}),
    ("part_name=а&price_gte=100.5", {"part_name": "а", "price_gte": 100.5}),
)


def _uv(*arguments: str) -> None:
    done = subprocess.run(
        [uv.find_uv_bin(), "--quiet", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=_INSTALL_SECONDS
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def lowest() -> Iterator[Path]:
    """A folder with ``.venv``: this checkout, on the lowest version of each direct dependency that has a wheel."""
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        requirements, environment = str(folder / "requirements.txt"), str(folder / ".venv")
        python = ("--python", str(folder / ".venv" / "bin" / "python"))
        _uv("venv", "--python", sys.executable, environment)
        _uv("pip", "compile", "--resolution=lowest-direct", "--no-build", *python, "pyproject.toml", "-o", requirements)
        _uv("pip", "install", "--no-build", "--compile-bytecode", *python, "-r", requirements)
        _uv("pip", "install", "--no-deps", *python, "-e", str(ROOT))
        yield folder


@pytest.fixture(scope="module")
def site(lowest: Path) -> Iterator[RunningSite]:
    """A site on these versions, with two workers of each service and some parts."""
    settings = {"PARTSEARCH_WORKERS": "2", "PARTSEARCH_DRAIN_SECONDS": "1"}
    with RunningSite.started(free_environment(lowest / "home") | settings, checkout=lowest) as site:
        generated = site.run("generate", "500")
        assert generated.returncode == 0, generated.stdout + generated.stderr
        yield site
        for log in (site.home / "logs").iterdir():
            assert "Traceback" not in log.read_text(errors="replace"), log


@pytest.mark.parametrize(("query", "body"), _SEARCHES)
def test_both_services_answer_a_search_alike(site: RunningSite, query: str, body: dict[str, object]) -> None:
    answers = [httpx.post(f"{url}{SEARCH}", json=body, timeout=30) for url in site.services]
    answers += [httpx.get(f"{url}{SEARCH}?{query}", timeout=30) for url in site.services]
    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 4
    first, *others = (answer.json() for answer in answers)
    assert others == [first] * 3
    assert first["count"] > 0


def test_a_search_that_waits_is_answered(site: RunningSite) -> None:
    """granian reports whether the client disconnects."""
    with psycopg.connect(site.conninfo) as connection:
        connection.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        threading.Timer(_LOCKED_SECONDS, connection.rollback).start()
        for url in (site.django_url, site.fastapi_url):
            assert httpx.get(f"{url}{SEARCH}", timeout=30).status_code == HTTPStatus.OK


def test_live_search_answers_and_is_drained(site: RunningSite) -> None:
    """The master of uvicorn forwards the signal to its workers."""
    with LiveClient.connected(site.fastapi_url) as client:
        client.send({})
        assert client.result()["count"] == httpx.get(f"{site.django_url}{SEARCH}", timeout=30).json()["count"]
        os.kill(site.pid("fastapi"), signal.SIGUSR1)
        assert client.message() == {"type": "going-away"}
        with pytest.raises(ConnectionClosed) as closed:
            client.text()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


def test_a_message_that_is_too_long_ends_the_socket(site: RunningSite) -> None:
    """uvicorn has a timer for the end of a socket."""
    with LiveClient.connected(site.fastapi_url) as client:
        client.send_to_close("a" * (BODY_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            client.text()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_handshake_that_is_too_long_is_rejected(site: RunningSite) -> None:
    """In uvicorn its WebSocket protocol, and that of websockets, read the head of the request."""
    request_line = f"GET {LIVE}?{'a' * 9000} HTTP/1.1\r\n".encode()
    upgrade = (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    problem_to(site.fastapi_url, request_line + HOST + upgrade + b"\r\n", HTTPStatus.REQUEST_URI_TOO_LONG)


def test_commands_describe_their_arguments(site: RunningSite) -> None:
    """The package typer shows the description of an argument."""
    done = site.run("deploy", "--help", COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A folder, a git ref of this repository" in done.stdout


def test_the_doctor_and_the_status_find_nothing_wrong(site: RunningSite) -> None:
    """psutil and the supervisor list the processes."""
    doctor = site.run("doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert {process["state"] for process in site.status()["processes"]} == {"running"}
