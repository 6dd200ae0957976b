"""A WSGI application that returns its environ, served by granian's WSGI interface and behind the front."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from partsearch.django_service.front.application import Front

_PIECE = b"x" * 100_000
_PIECES = 2_000
_AT_MOST = 65_537
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Stream:
    """A body of 200 MB in pieces. On close it writes the number of pieces that were sent to a file."""

    streaming = True

    def __init__(self, log: str) -> None:
        self._log, self._sent = log, 0

    def __iter__(self) -> Iterator[bytes]:
        for self._sent in range(1, _PIECES + 1):
            yield _PIECE

    def close(self) -> None:
        with Path(self._log).open("a") as log:
            log.write(f"{self._sent}\n")


def application(environ: dict[str, Any], start_response: StartResponse) -> Any:
    """Answer by the path, or with the environ as JSON for an unknown path."""
    view = _VIEWS.get(environ["PATH_INFO"].rpartition("/")[2], _environ)
    return view(environ, start_response)


def _environ(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    told = {name: value for name, value in environ.items() if isinstance(value, str | bool | tuple)}
    told = {name: value for name, value in told.items() if os.environ.get(name) != value}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({**told, "body": environ["wsgi.input"].read(_AT_MOST).decode("latin-1")}).encode()]


def _digest(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    digest, length = hashlib.sha256(), 0
    while piece := environ["wsgi.input"].read(10_000):
        digest.update(piece)
        length += len(piece)
    start_response("200 OK", [])
    return [f"{length} {digest.hexdigest()}".encode()]


def _lines(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    body = environ["wsgi.input"]
    start_response("200 OK", [])
    return [json.dumps([line.decode() for line in (body.read(3), body.readline(), *body)]).encode()]


def _stream(environ: dict[str, Any], start_response: StartResponse) -> Stream:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Stream(environ["QUERY_STRING"])


def _cookies(_environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")])
    return [b"o", b"k"]


def _unchanged(_environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    start_response("304 Not Modified", [("ETag", '"1"')])
    return []


def _failing(_environ: dict[str, Any], _start_response: StartResponse) -> list[bytes]:
    raise ValueError("as the test wants it")


def _slow(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    with Path(environ["QUERY_STRING"]).open("a") as log:
        log.write("begun\n")
    time.sleep(0.7)
    start_response("200 OK", [])
    return [b"slow"]


_VIEWS = {
    "digest": _digest,
    "lines": _lines,
    "stream": _stream,
    "cookies": _cookies,
    "unchanged": _unchanged,
    "failing": _failing,
    "slow": _slow,
}
front = Front(application)
