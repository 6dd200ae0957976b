"""The front of the Django service: it passes to a WSGI application what granian's own WSGI interface passes."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.contract.asking import raw_answer
from tests.support.deadline import wait_for
from tests.support.site import free_ports

MEBIBYTE = 1024 * 1024
_SECONDS = 10


class Server:
    """Granian with the application of the tests."""

    def __init__(self, interface: str, target: str, log: Path) -> None:
        self.port = free_ports(1)[0]
        self.log = log
        command = [
            sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(self.port),
            "--no-ws", "--http", "1", "--log-level", "warning", f"tests.support.front_application:{target}",
        ]  # fmt: skip
        root = Path(__file__).parents[2]
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=root, env=dict(os.environ), stdout=output, stderr=output)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return the status, the headers and the body of the response."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    @classmethod
    @contextmanager
    def started(cls, interface: str, target: str, log: Path) -> Iterator["Server"]:
        server = cls(interface, target, log)
        try:
            wait_for(server.is_up, what="the server's start")
            yield server
        finally:
            server.process.terminate()
            server.process.wait(_SECONDS)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server.started("rsgi", "front", tmp_path_factory.mktemp("front") / "log") as server:
        yield server


@pytest.fixture(scope="module")
def wsgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server.started("wsgi", "application", tmp_path_factory.mktemp("wsgi") / "log") as server:
        yield server


_END = b"Connection: close\r\n\r\n"
ODD_REQUESTS = [
    b"GET /a%20b/%d0%b1?q=\xd0\xb1%ff+x&y=%2F HTTP/1.1\r\nHost: h\r\n" + _END,
    b"GET /%2Fa//b/../c;x=1 HTTP/1.1\r\nHost: h:80\r\n" + _END,
    b"GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\nX_B: 3\r\nCookie: a=1\r\nCookie: b=2\r\n" + _END,
    b"GET / HTTP/1.1\r\nHost: h\r\nX-Real-IP: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Request-Id: a.b\r\n" + _END,
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n" + _END + b"abc",
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + _END + b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" + _END,
    b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n" + _END + b"\xff\x00\r\n",
    b"GET http://x.y/z?1 HTTP/1.1\r\nHost: h\r\n" + _END,
    b"OPTIONS * HTTP/1.1\r\nHost: h\r\n" + _END,
    b"M_X / HTTP/1.0\r\nProxy: x\r\n" + _END,
    b"GET / HTTP/1.1\r\n" + _END,
    b"GET /? HTTP/1.1\r\nHost: h\r\nHost: i\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + _END,
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\nX-Empty:\r\n" + _END,
    b"GET / HTTP/1.1\r\nHost: \xd0\xb1\r\nX-Odd: \xff\r\n" + _END,
    b"DELETE /" + b"a" * 8000 + b" HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + _END,
]


def environ(server: Server, request: bytes) -> dict[str, Any]:
    """Return the environ that the application got, without empty variables."""
    head, _, body = raw_answer(server.url, request).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"200", head
    found = json.loads(body)
    assert found.pop("SERVER_PORT") == str(server.port)
    return {name: value for name, value in found.items() if value != "" or name in ("HTTP_HOST", "QUERY_STRING")}


@pytest.mark.parametrize("request_bytes", ODD_REQUESTS, ids=lambda request: request[:30])
def test_the_environ_is_that_of_wsgi(front: Server, wsgi: Server, request_bytes: bytes) -> None:
    assert environ(front, request_bytes) == environ(wsgi, request_bytes)


def test_bytes_of_the_path_that_are_not_utf8_are_lost(front: Server) -> None:
    """Granian decodes the path first. No address has such bytes."""
    request = b"GET /a%ff HTTP/1.1\r\nHost: h\r\n" + _END
    assert environ(front, request)["PATH_INFO"].encode("latin-1").decode() == "/a\ufffd"


@pytest.mark.parametrize("in_chunks", [False, True], ids=["announced", "in chunks"])
@pytest.mark.parametrize("length", [10, MEBIBYTE + 1, 10 * MEBIBYTE])
def test_an_upload_to_the_admin_arrives_whole(front: Server, length: int, in_chunks: bool) -> None:
    body = os.urandom(length)
    pieces = iter([body[: length // 2], body[length // 2 :]])
    status, _, text = front.ask("POST", "/admin/digest", pieces if in_chunks else body)
    assert (status, text.decode()) == (200, f"{length} {hashlib.sha256(body).hexdigest()}")


def test_the_event_loop_rejects_a_larger_upload(front: Server) -> None:
    request = b"POST /admin/digest HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (10 * MEBIBYTE + 1)
    head = raw_answer(front.url, request)
    assert head.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in head


@pytest.mark.parametrize("in_chunks", [False, True], ids=["announced", "in chunks"])
def test_any_other_body_is_read_only_to_one_byte_over_the_limit(front: Server, in_chunks: bool) -> None:
    body = b"a" * (64 * 1024 + 100)
    status, headers, text = front.ask("POST", "/digest", iter([body]) if in_chunks else body)
    assert status == 200
    assert int(text.split()[0]) == (64 * 1024 + 1 if in_chunks else 0)
    assert ("connection", "close") in headers


def test_a_body_can_be_read_in_lines(front: Server) -> None:
    assert json.loads(front.ask("POST", "/lines", b"one\ntwo\nthree")[2]) == ["one", "\n", "two\n", "three"]


def test_a_body_that_arrives_slowly_occupies_no_thread(front: Server) -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
    slow = [socket.create_connection(("127.0.0.1", front.port), timeout=_SECONDS) for _ in range(20)]
    try:
        for number, connection in enumerate(slow):
            length = b"Transfer-Encoding: chunked\r\n\r\n6\r\nab" if number % 2 else b"Content-Length: 6\r\n\r\nab"
            connection.sendall(head + length)
        assert front.ask("GET", "/cookies")[2] == b"ok"
        for number, connection in enumerate(slow):
            connection.sendall(b"cdef\r\n0\r\n\r\n" if number % 2 else b"cdef")
            answer = b"".join(iter(lambda connection=connection: connection.recv(65536), b""))  # type: ignore[misc]
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["body"] == "abcdef"
    finally:
        for connection in slow:
            connection.close()


def test_several_cookies_and_a_length(front: Server) -> None:
    status, headers, body = front.ask("GET", "/cookies")
    assert (status, body) == (200, b"ok")
    assert [value for name, value in headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_head_and_304_have_no_body(front: Server) -> None:
    status, headers, body = front.ask("HEAD", "/cookies")
    assert (status, body, dict(headers)["content-length"]) == (200, b"", "2")
    status, headers, body = front.ask("GET", "/unchanged")
    assert (status, body, dict(headers)["etag"]) == (304, b"", '"1"')


def test_an_application_error_is_a_500_and_logged(front: Server) -> None:
    status, headers, body = front.ask("GET", "/failing", **{"X-Request-Id": "mine"})
    assert (status, json.loads(body)["status"]) == (500, 500)
    assert {("x-engine", "django"), ("x-request-id", "mine")} < set(headers)
    assert b"as the test wants it" not in body
    wait_for(lambda: "ValueError: as the test wants it" in front.log.read_text(), what="the log")


def test_a_stream_is_no_faster_than_its_client(front: Server, tmp_path: Path) -> None:
    """A client that reads nothing does not fill the memory. When it disconnects, the stream is closed."""
    closed = tmp_path / "closed"
    with socket.create_connection(("127.0.0.1", front.port), timeout=_SECONDS) as connection:
        connection.sendall(f"GET /stream?{closed} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        before = sum(worker.memory_info().rss for worker in front.workers())
        assert front.ask("GET", "/cookies")[2] == b"ok"
        assert sum(worker.memory_info().rss for worker in front.workers()) - before < 20 * MEBIBYTE
        assert not closed.exists()
    wait_for(closed.exists, what="the end of the stream")
    assert int(closed.read_text()) < 500


def test_a_stream_arrives_whole(front: Server, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    status, headers, body = front.ask("GET", f"/stream?{closed}")
    assert (status, len(body)) == (200, 200_000_000)
    assert ("transfer-encoding", "chunked") in headers
    assert int(closed.read_text()) == 2_000


def test_a_stop_waits_for_running_requests(tmp_path: Path) -> None:
    with Server.started("rsgi", "front", tmp_path / "log") as server:
        begun = tmp_path / "begun"
        connections = [socket.create_connection(("127.0.0.1", server.port), timeout=_SECONDS) for _ in range(5)]
        for connection in connections:
            connection.sendall(f"GET /slow?{begun} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        # Three requests have a thread each. The others are in the queue.
        wait_for(lambda: begun.exists() and begun.read_text().count("begun") >= 3, what="the requests")
        server.process.send_signal(signal.SIGTERM)
        for connection in connections:
            answer = b"".join(iter(lambda connection=connection: connection.recv(65536), b""))  # type: ignore[misc]
            assert answer.startswith(b"HTTP/1.1 200")
            connection.close()
        server.process.wait(_SECONDS)
    assert server.log.read_text() == ""
