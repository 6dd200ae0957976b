"""Whether a process of the site answers over HTTP."""

import http.client
import json
import time
from http import HTTPStatus
from urllib.parse import urlsplit

_CALL_SECONDS = 5
_POLL_SECONDS = 0.1


def fault_of(url: str, host: str) -> str | None:
    """Why ``url`` does not answer 200, in words; ``None`` where it does."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_CALL_SECONDS)
    try:
        connection.request("GET", parts.path, headers={"Host": host})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return None if answer.status == HTTPStatus.OK else _detail(answer.status, body)


def _detail(status: int, body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"status {status}"


def wait_until_answering(url: str, host: str, seconds: float) -> str | None:
    """Returns ``None`` as soon as ``url`` answers 200; the last fault when ``seconds`` are over."""
    deadline = time.monotonic() + seconds
    while (fault := fault_of(url, host)) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return fault
