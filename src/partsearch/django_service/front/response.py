"""Runs the WSGI application for a request in a thread and sends its response."""

import logging
import os
import select
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from partsearch.contract.limits import EXPORT_WRITE_SECONDS
from partsearch.django_service.front.rsgi_types import HTTPProtocol

logger = logging.getLogger(__name__)

Headers = list[tuple[str, str]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_IN_MEMORY_BYTES = 1024 * 1024
_OPEN_SECONDS = 5.0
_POLL_SECONDS = 0.002
_PIECE_BYTES = 64 * 1024


class ResponseCutError(Exception):
    """A response cannot be completed. It has been cut, and what is to be logged about it has been."""


class _Start:
    """WSGI's ``start_response``, which keeps the status and the headers."""

    __slots__ = ("headers", "status")

    def __call__(self, status: str, headers: Headers, _error: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = headers


def answer(
    application: Application,
    environ: dict[str, Any],
    protocol: HTTPProtocol,
    cut: Callable[[], None],
    *,
    closes: bool,
) -> int:
    """Send the response of the application, and return its status.

    Args:
        application: the WSGI application.
        environ: the environ of the request.
        protocol: sends the response, from any thread.
        cut: closes the connection in the middle of a response that cannot be completed.
        closes: whether the connection must close after the response.
    """
    start = _Start()
    body = application(environ, start)
    try:
        if closes and not any(name.lower() == "connection" for name, _ in start.headers):
            start.headers.append(("Connection", "close"))
        if _is_whole(body, start.headers):
            protocol.response_bytes(start.status, start.headers, b"".join(body))
        elif environ["REQUEST_METHOD"] == "HEAD":
            protocol.response_empty(start.status, start.headers)
        else:
            _stream(protocol, start, body, cut)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    return start.status


def _is_whole(body: Iterable[bytes], headers: Headers) -> bool:
    """Return whether the body is in memory, or is small enough for it."""
    if isinstance(body, list | tuple) or not getattr(body, "streaming", True):
        return True
    length = next((value for name, value in headers if name.lower() == "content-length"), None)
    return length is not None and int(length) <= _IN_MEMORY_BYTES


def _stream(protocol: HTTPProtocol, start: _Start, body: Iterable[bytes], cut: Callable[[], None]) -> None:
    """Send the body in pieces, no faster than the client reads it.

    Granian's own stream buffers the whole body in memory, but granian sends a file no faster than the client reads. So
    it gets a named pipe as the file. A write to the pipe waits while it is full, and fails after a disconnect. The end
    of the pipe is the end of the response, so the connection is cut first if the body is not whole.
    """
    with tempfile.TemporaryDirectory(prefix="partsearch-") as folder:
        path = Path(folder) / "answer"
        os.mkfifo(path, 0o600)
        protocol.response_file(start.status, start.headers, str(path))
        with suppress(BrokenPipeError), _open_for_writing(path) as pipe:
            try:
                for piece in body:
                    _write(pipe.fileno(), piece)
            except BrokenPipeError:
                raise
            except Exception as error:
                cut()
                if not isinstance(error, ResponseCutError):
                    logger.exception("A response was cut")


def _write(pipe: int, piece: bytes) -> None:
    """Write a piece as the client takes it.

    Raises:
        ResponseCutError: it takes nothing for too long.
        BrokenPipeError: it has disconnected.
    """
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    left = memoryview(piece)
    while left:
        if not poll.poll(EXPORT_WRITE_SECONDS * 1000):
            logger.info("A client took nothing of its response for %g s", EXPORT_WRITE_SECONDS)
            raise ResponseCutError
        with suppress(BlockingIOError):
            left = left[os.write(pipe, left[:_PIECE_BYTES]) :]


def _open_for_writing(path: Path) -> Any:
    """Return the pipe, open for writing, as soon as granian has opened it for reading.

    Raises:
        BrokenPipeError: granian does not open it, because the client has disconnected.
    """
    deadline = time.monotonic() + _OPEN_SECONDS
    while time.monotonic() < deadline:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(_POLL_SECONDS)
        else:
            return os.fdopen(descriptor, "wb", buffering=0)
    raise BrokenPipeError
