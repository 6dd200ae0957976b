"""The live search of a release, tried out on its own port: one search over a WebSocket, and its first message."""

import json
import socket
from http import HTTPStatus
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

_PATH = "/search/part/live/"
_SECONDS = 5


class LiveSearchError(Exception):
    """The live search of a release does not answer as it should."""


def first_message(port: int, host: str) -> dict[str, Any] | None:
    """The first message to a search for everything; ``None`` where the release has no live search.

    Args:
        port: of the release's FastAPI service, on this machine.
        host: a host name that it answers to.

    Raises:
        LiveSearchError: it has one, and it does not answer.
    """
    try:
        # The host of the address becomes the Host header; the connection goes to this machine all the same.
        with connect(
            f"ws://{host}:{port}{_PATH}",
            sock=socket.create_connection(("127.0.0.1", port), timeout=_SECONDS),
            open_timeout=_SECONDS,
            close_timeout=_SECONDS,
            max_size=None,
        ) as connection:
            connection.send("{}")
            return dict(json.loads(connection.recv(_SECONDS)))
    except InvalidStatus as refused:
        # A release without live search knows no such address; one that has it may not refuse.
        if refused.response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        raise LiveSearchError(f"status {refused.response.status_code}") from refused
    except (OSError, ValueError, WebSocketException) as error:
        raise LiveSearchError(str(error) or type(error).__name__) from error
