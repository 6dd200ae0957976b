"""Requests to an HTTP server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from partsearch.system.http_probe import HttpProbe, NoResponseError, request_once

_connections: set[object] = set()


class _Echo(BaseHTTPRequestHandler):
    """Answer 418 with the received request."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        _connections.add(self.client_address or id(self.connection))
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wanted = ("Host", "Content-Type", "Connection", "X-Extra")
        shown = [self.command, self.path, *(f"{name}={self.headers[name]}" for name in wanted if self.headers[name])]
        body = " ".join(shown).encode() + sent
        self.send_response(418)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _UnixServer(ThreadingHTTPServer):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "localhost", 0


def test_answers_are_read_completely_on_one_connection() -> None:
    _connections.clear()
    with _served(server := ThreadingHTTPServer(("127.0.0.1", 0), _Echo)):
        address = f"http://127.0.0.1:{server.server_port}"
        with HttpProbe(f"{address}/prefix", 5, "a.example") as probe:
            first = probe.request("GET", "/path?a=1", headers={"X-Extra": "1"})
            second = probe.request("POST", "/path", b"{}")
        assert first.body == b"GET /prefix/path?a=1 Host=a.example X-Extra=1"
        assert second.body == b"POST /prefix/path Host=a.example Content-Type=application/json{}"
        assert (first.status, first.is_ok, len(_connections)) == (418, False, 1)
        alone = request_once(address, 5)
        assert alone.body.decode() == f"GET / Host=127.0.0.1:{server.server_port} Connection=close"


def test_a_broken_connection_is_opened_again() -> None:
    with _served(server := ThreadingHTTPServer(("127.0.0.1", 0), _Echo)):
        port = server.server_port
        probe = HttpProbe(f"http://127.0.0.1:{port}", 5)
        assert probe.request("GET", "/").status == 418
        probe._connection.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(NoResponseError):
            probe.request("GET", "/")
        assert probe.request("GET", "/").status == 418
        probe.close()


def test_a_unix_socket_is_supported(tmp_path: Path) -> None:
    path = tmp_path / "server.sock"
    with _served(_UnixServer(str(path), _Echo)):  # type: ignore[arg-type]
        assert request_once(path, 5, method="POST", path="/control", body=b"1").body.startswith(b"POST /control ")
    path.unlink()
    with pytest.raises(NoResponseError, match="No such file") as absent:
        request_once(path, 5)
    assert not absent.value.is_refused


def test_a_closed_port_differs_from_a_server_that_does_not_answer() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(NoResponseError, match="refused") as refused:
            request_once(address, 5)
        bound.listen()
        with pytest.raises(NoResponseError, match="timed out") as silent:
            request_once(address, 0.2)
    assert (refused.value.is_refused, silent.value.is_refused) == (True, False)


def test_a_reply_that_is_not_http_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            connection.close()

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(NoResponseError):
            request_once(f"http://127.0.0.1:{server.getsockname()[1]}", 5)
