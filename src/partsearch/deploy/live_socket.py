"""The live search of a release, tried out on its own port: one search over a WebSocket, and its first message.

A few lines of RFC 6455 and no library: one short text out, one text in, is all that is asked here.
"""

import base64
import json
import os
import socket
from http import HTTPStatus
from typing import Any

_PATH = "/search/part/live/"
_SECONDS = 5
_LENGTH_16, _LENGTH_64 = 126, 127
_TEXT = 0x81
_MASKED = 0x80


class LiveSearchError(Exception):
    """The live search of a release does not answer as it should."""


def first_message(port: int, host: str) -> dict[str, Any] | None:
    """The first message to a search for everything; ``None`` where the release has no live search.

    Raises:
        LiveSearchError: it has one, and it does not answer.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
            connection.sendall(_handshake(host))
            with connection.makefile("rb") as answers:
                status = int(answers.readline().split()[1])
                while answers.readline().strip():
                    continue
                if status != HTTPStatus.SWITCHING_PROTOCOLS:
                    _require_no_fault(status)
                    return None
                connection.sendall(_masked(b"{}"))
                return dict(json.loads(_read_text(answers)))
    except (OSError, ValueError, IndexError) as error:
        raise LiveSearchError(str(error) or type(error).__name__) from error


def _require_no_fault(status: int) -> None:
    """A release without live search knows no such address; one that has it may not refuse."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise LiveSearchError(f"status {status}")


def _handshake(host: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {_PATH} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def _masked(text: bytes) -> bytes:
    mask = os.urandom(4)
    return bytes([_TEXT, _MASKED | len(text)]) + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))


def _read_text(answers: Any) -> bytes:
    kind, length = answers.read(2)
    if kind != _TEXT:
        raise ValueError(f"a frame of kind {kind:#x} instead of a message")
    if length in (_LENGTH_16, _LENGTH_64):
        length = int.from_bytes(answers.read(2 if length == _LENGTH_16 else 8), "big")
    return bytes(answers.read(length))
