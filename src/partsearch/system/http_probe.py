"""Asking an HTTP server of this site: over TCP, TLS or a unix socket, each answer read whole. Standard library only."""

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from partsearch.errors import PartsearchError

_NONE: Mapping[str, str] = {}
_JSON = {"Content-Type": "application/json"}
_CLOSE = {"Connection": "close"}


class NoResponseError(PartsearchError):
    """A server does not answer. ``is_refused`` is whether nothing listens there."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error) or type(error).__name__)
        self.is_refused = isinstance(error, ConnectionRefusedError)


@dataclass(frozen=True)
class Response:
    """The status and the body of an answer."""

    status: int
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == HTTPStatus.OK


class HttpProbe:
    """A keep-alive connection to one server, opened anew where it broke.

    Args:
        server: an address such as ``http://127.0.0.1:8000``, whose path precedes that of each request; or the path of
            a unix socket.
        seconds: how long each step, such as the connecting or a read, may take.
        host: the host name that the server is asked by; absent, that of the address.
    """

    def __init__(self, server: str | Path, seconds: float, host: str = "") -> None:
        self._prefix = "" if isinstance(server, Path) else urlsplit(server).path
        self._host = {"Host": host} if host else {}
        self._connection = _connection(server, seconds)

    def request(
        self, method: str, path: str = "", body: bytes | None = None, headers: Mapping[str, str] = _NONE
    ) -> Response:
        """Return the answer to a request.

        Args:
            method: the HTTP method.
            path: with its query, where there is one.
            body: JSON.
            headers: those beside ``Host`` and ``Content-Type``.

        Raises:
            NoResponseError: no connection, no answer in time, or one that is not HTTP.
        """
        all_headers = {**self._host, **(_JSON if body else {}), **headers}
        try:
            self._connection.request(method, f"{self._prefix}{path}" or "/", body or None, all_headers)
            answer = self._connection.getresponse()
            return Response(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NoResponseError(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def request_once(
    server: str | Path,
    seconds: float,
    *,
    method: str = "GET",
    path: str = "",
    host: str = "",
    body: bytes | None = None,
) -> Response:
    """Return the answer to one request on a connection of its own; the arguments are those of ``HttpProbe``.

    Raises:
        NoResponseError: no connection, no answer in time, or one that is not HTTP.
    """
    with HttpProbe(server, seconds, host) as probe:
        return probe.request(method, path, body, _CLOSE)


def _connection(server: str | Path, seconds: float) -> http.client.HTTPConnection:
    if isinstance(server, Path):
        return _UnixConnection(server, seconds)
    parts = urlsplit(server)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
