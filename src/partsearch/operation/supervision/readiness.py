"""Waiting until a process of the site answers over HTTP."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from partsearch.operation.errors import OperationError
from partsearch.system.http_probe import NoResponseError, Response, request_once

_CALL_SECONDS = 5
_POLL_SECONDS = 0.1


class NotReadyError(OperationError):
    """A process does not answer 200; ``str(error)`` is why, without a full stop."""


def wait_until_ready(url: str, host: str, seconds: float, check: Callable[[], None] = lambda: None) -> None:
    """Return as soon as ``url`` answers 200.

    Args:
        url: the address that is asked.
        host: the host name that it is asked by.
        seconds: how long it may take.
        check: called all the time, also while waiting for an answer; raises if none will come.

    Raises:
        NotReadyError: it has not answered 200 within ``seconds``; has the last reason.
    """
    deadline = time.monotonic() + seconds
    # Not as a context, whose end would wait for the answer.
    pool = ThreadPoolExecutor(1)
    try:
        while True:
            future = pool.submit(_require_ready, url, host)
            while not wait([future], _POLL_SECONDS).done:
                check()
            error = future.exception()
            if error is None:
                return
            if not isinstance(error, NotReadyError) or time.monotonic() > deadline:
                raise error
            check()
            time.sleep(_POLL_SECONDS)
    finally:
        pool.shutdown(wait=False)


def _require_ready(url: str, host: str) -> None:
    try:
        response = request_once(url, _CALL_SECONDS, host=host)
    except NoResponseError as error:
        raise NotReadyError(str(error)) from error
    if not response.is_ok:
        raise NotReadyError(_detail(response))


def _detail(response: Response) -> str:
    try:
        return str(json.loads(response.body)["detail"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"status {response.status}"
