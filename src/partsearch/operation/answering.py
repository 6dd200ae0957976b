"""Whether a process of the site answers over HTTP."""

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
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


def wait_until_answering(url: str, host: str, seconds: float, check: Callable[[], None] = lambda: None) -> str | None:
    """Returns ``None`` as soon as ``url`` answers 200; the last fault when ``seconds`` are over.

    Args:
        url: what is asked.
        host: the host name that it is asked by.
        seconds: how long it may take.
        check: called all the time, while an answer is waited for too; raises where none will come.
    """
    deadline = time.monotonic() + seconds
    # Not as a context, whose end would wait for the answer.
    pool = ThreadPoolExecutor(1)
    try:
        while True:
            asked = pool.submit(fault_of, url, host)
            while not wait([asked], _POLL_SECONDS).done:
                check()
            if asked.result() is None or time.monotonic() > deadline:
                return asked.result()
            check()
            time.sleep(_POLL_SECONDS)
    finally:
        pool.shutdown(wait=False)
