"""A response of the Django service is cut if its client takes nothing of it, or if it cannot be completed."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from partsearch.django_service.front import response
from partsearch.django_service.front.connection import cut_connection


class _Protocol:
    """Opens the file of a response as granian does, and reads it on request."""

    def __init__(self, *, reads: bool) -> None:
        self._reads = reads
        self.read = b""
        self._thread: threading.Thread | None = None
        self.opened: Any = None

    def response_file(self, _status: int, _headers: Any, path: str) -> None:
        self._thread = threading.Thread(target=self._open, args=(Path(path),))
        self._thread.start()

    def _open(self, path: Path) -> None:
        self.opened = path.open("rb", buffering=0)
        while self._reads and (piece := self.opened.read(1000)):
            self.read += piece

    def close(self) -> None:
        assert self._thread is not None
        self._thread.join()
        self.opened.close()


def stream(protocol: _Protocol, body: Any) -> list[str]:
    """Return whether the connection was cut."""
    cut: list[str] = []
    start = response._Start()
    start("200 OK", [])
    response._stream(protocol, start, body, lambda: cut.append("cut"))  # type: ignore[arg-type]
    protocol.close()
    return cut


def test_a_whole_response_is_not_cut() -> None:
    protocol = _Protocol(reads=True)
    assert stream(protocol, [b"a" * 200_000, b"", b"b"]) == []
    assert protocol.read == b"a" * 200_000 + b"b"


def test_a_client_that_takes_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "EXPORT_WRITE_SECONDS", 0.05)
    assert stream(_Protocol(reads=False), [b"a" * 200_000]) == ["cut"]


def test_a_response_that_fails_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("of the test")

    assert stream(_Protocol(reads=True), failing()) == ["cut"]
    assert "A response was cut" in caplog.text


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_only_the_connection_of_the_client_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        clients = [socket.create_connection(server.getsockname()) for _ in range(2)]
        accepted = [server.accept()[0] for _ in clients]
        before = open_descriptors()
        host, port = clients[0].getsockname()
        cut_connection(f"{host}:{port}")
        assert open_descriptors() == before
        assert clients[0].recv(1) == b""
        accepted[1].sendall(b"a")
        assert clients[1].recv(1) == b"a"
        for connection in (*clients, *accepted):
            connection.close()
