"""Clients of live search, as any program would be one."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.contract.asking import to_json
from tests.support.oracle import Search, read_answer

LIVE = "/search/part/live/"
SILENCE_SECONDS = 0.8
"""Longer than a change takes to be told: who hears nothing for so long has not been told anything."""

_MESSAGE_SECONDS = 15.0
_LARGEST_MESSAGE = 2**24


@dataclass
class LiveClient:
    """One open socket."""

    connection: ClientConnection

    @classmethod
    @contextmanager
    def connected(cls, url: str, path: str = LIVE, **headers: str) -> Iterator["LiveClient"]:
        """A socket to a site's or a service's address, open for the block."""
        with connect(
            url.replace("http", "ws", 1) + path,
            additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
            proxy=None,
            max_size=_LARGEST_MESSAGE,
        ) as connection:
            yield cls(connection)

    def send(self, search: Search | str | bytes) -> None:
        """Sends a search, or whatever it is, as it stands."""
        self.connection.send(to_json(search) if isinstance(search, Mapping) else search)

    def text(self, seconds: float = _MESSAGE_SECONDS) -> str:
        """The next message as it came."""
        message = self.connection.recv(seconds)
        assert isinstance(message, str), message
        return message

    def message(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = json.loads(self.text(seconds))
        return message

    def result(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """The next message, which must be a result."""
        message = self.message(seconds)
        assert message["type"] == "result", message
        return message

    def answer(self, seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """The next message, which must be a result, to be compared with what the oracle says."""
        return as_answer(self.text(seconds))

    def ask(self, search: Search) -> dict[str, Any]:
        """The result that comes first for ``search``."""
        self.send(search)
        return self.result()

    def hears_nothing(self, seconds: float = SILENCE_SECONDS) -> bool:
        """Whether no message comes."""
        try:
            self.connection.recv(seconds)
        except TimeoutError:
            return True
        return False

    def until(self, condition: Callable[[dict[str, Any]], object], seconds: float = _MESSAGE_SECONDS) -> dict[str, Any]:
        """The first message that meets ``condition``."""
        while not condition(message := self.message(seconds)):
            pass
        return message

    def close_code(self, seconds: float = _MESSAGE_SECONDS) -> int:
        """The code of the Close frame that comes, whatever comes before it."""
        try:
            while True:
                self.connection.recv(seconds)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "cut without a Close frame"
            return closed.rcvd.code


def as_answer(text: str) -> dict[str, Any]:
    """A result as the oracle has it."""
    assert text.startswith('{"type":"result",'), text[:200]
    return read_answer(("{" + text.removeprefix('{"type":"result",')).encode())


def refusal(url: str, path: str = LIVE, **headers: str) -> InvalidStatus:
    """How the opening of a socket is refused; it must be."""
    try:
        with LiveClient.connected(url, path, **headers):
            pass
    except InvalidStatus as refused:
        return refused
    raise AssertionError("it was let in")


def workers_of(service: int) -> list[psutil.Process]:
    """The worker processes of the FastAPI service that the supervisor started as ``service``."""
    master = psutil.Process(service)
    found = [child for child in master.children() if "spawn_main" in " ".join(child.cmdline())]
    return found or [master]
