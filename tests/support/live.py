"""WebSocket clients of the live search."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.contract.service_client import to_json
from tests.support.oracle import Search, read_answer

LIVE = "/search/part/live/"
SILENCE_SECONDS = 0.8
"""Longer than the message about a change takes. A client that receives nothing for so long gets no message."""

_MESSAGE_SECONDS = 15.0
_LARGEST_MESSAGE = 2**24


@dataclass
class LiveClient:
    """One open WebSocket."""

    connection: ClientConnection

    @classmethod
    @contextmanager
    def connected(cls, url: str, path: str = LIVE, **headers: str) -> Iterator["LiveClient"]:
        """Open a WebSocket to the URL of a site or of a service for the block."""
        with connect(
            url.replace("http", "ws", 1) + path,
            additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
            proxy=None,
            max_size=_LARGEST_MESSAGE,
        ) as connection:
            yield cls(connection)

    def send(self, search: Search | str | bytes) -> None:
        """Send a search as JSON, and text or bytes unchanged."""
        self.connection.send(to_json(search) if isinstance(search, Mapping) else search)

    def send_to_close(self, message: str | Iterable[str]) -> None:
        """Send a message for which the service closes the socket, perhaps before all of it is sent."""
        with suppress(ConnectionClosed):
            self.connection.send(message)

    def text(self, seconds: float = _MESSAGE_SECONDS) -> str:
        """Return the next message as text."""
        message = self.connection.recv(seconds)
        assert isinstance(message, str), message
        return message

    def message(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """Return the next message."""
        message: dict[str, Any] = json.loads(self.text(seconds))
        return message

    def result(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """Return the next message, which must be a result."""
        message = self.message(seconds)
        assert message["type"] == "result", message
        return message

    def answer(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """Return the next message, which must be a result, in the form of the oracle."""
        return as_answer(self.text(seconds))

    def ask(self, search: Search) -> dict[str, Any]:
        """Send ``search`` and return its first result."""
        self.send(search)
        return self.result()

    def receives_nothing(self, seconds: float = SILENCE_SECONDS) -> bool:
        """Return whether no message arrives in so many seconds."""
        try:
            self.connection.recv(seconds)
        except TimeoutError:
            return True
        return False

    def until(self, condition: Callable[[dict[str, Any]], object], seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """Return the first message that meets ``condition``."""
        while not condition(message := self.message(seconds)):
            pass
        return message

    def close_code(self, seconds: float = _MESSAGE_SECONDS) -> int:
        """Return the code of the Close frame; skip the messages before it."""
        try:
            while True:
                self.connection.recv(seconds)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "closed without a Close frame"
            return closed.rcvd.code


def as_answer(text: str) -> dict[str, Any]:
    """Return a result in the form of the oracle."""
    assert text.startswith('{"type":"result",'), text[:200]
    return read_answer(("{" + text.removeprefix('{"type":"result",')).encode())


def rejection(url: str, path: str = LIVE, **headers: str) -> InvalidStatus:
    """Return the answer that rejects the handshake. Fail the test if the handshake succeeds."""
    try:
        with LiveClient.connected(url, path, **headers):
            pass
    except InvalidStatus as rejected:
        return rejected
    raise AssertionError("the handshake was not rejected")


def workers_of(service: int) -> list[psutil.Process]:
    """Return the worker processes of the FastAPI service whose supervised process is ``service``."""
    master = psutil.Process(service)
    found = [child for child in master.children() if "spawn_main" in " ".join(child.cmdline())]
    return found or [master]
