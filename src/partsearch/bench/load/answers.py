"""One request to a target and its answer, read so that nothing of it is lost."""

import http.client
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.record import Request, Target

JsonValue = Any
"""What :func:`read` makes of JSON: ``dict``, ``list``, ``str``, ``bool``, ``None`` and :class:`Number`."""


@dataclass(frozen=True)
class Number:
    """A number as it is written: 2300 and 2300.0 are two, since the contract leaves no choice between them."""

    text: str


def ask(target: Target, request: Request, seconds: float) -> bytes:
    """The body of the answer to a request.

    Args:
        target: who is asked.
        request: what.
        seconds: how long the answer may take to come.

    Raises:
        NothingToMeasureError: no answer, or another status than 200.
    """
    parts = urlsplit(target.address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request(
            request.method, parts.path + request.path, request.body.encode() or None, headers_of(target, request)
        )
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NothingToMeasureError(
            f"{target.name} at {target.address} does not answer: {error or type(error).__name__}.",
            "Start the site with 'partsearch up', or correct the address.",
        ) from error
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        _refuse(target, request, answer.status, body)
    return body


def headers_of(target: Target, request: Request) -> dict[str, str]:
    """The headers of a request to a target."""
    host = {"Host": target.host} if target.host else {}
    return host | ({"Content-Type": "application/json"} if request.body else {})


def _refuse(target: Target, request: Request, status: int, body: bytes) -> NoReturn:
    said = body[:200].decode(errors="replace")
    raise NothingToMeasureError(
        f"{target.name} answers {shown(request)} with {status}: {said}",
        "A search that fails is not worth timing: see 'partsearch logs', or correct the address.",
    )


def shown(request: Request) -> str:
    """A request for people."""
    return f"{request.method} {request.path} {request.body}".rstrip()


def read(body: bytes) -> JsonValue:
    """The answer's JSON, its numbers as they are written.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(body, parse_int=Number, parse_float=Number, parse_constant=Number)
