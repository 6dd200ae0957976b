"""One request to a target and its answer, read without loss."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.record import Request, Target
from partsearch.system.http_probe import NoResponseError, Response, request_once

_SHOWN_BYTES = 200

JsonValue = Any
"""The result of :func:`read`: ``dict``, ``list``, ``str``, ``bool``, ``None`` and :class:`Number`."""


@dataclass(frozen=True)
class Number:
    """A number in its written form: 2300 and 2300.0 differ, since the contract prescribes the form."""

    text: str


def ask(target: Target, request: Request, seconds: float) -> bytes:
    """Return the body of the answer to a request.

    Args:
        target: the target to ask.
        request: the request to send.
        seconds: how long the answer may take.

    Raises:
        NothingToMeasureError: there is no answer, or its status is not 200.
    """
    try:
        answer = request_once(
            target.address,
            seconds,
            method=request.method,
            path=request.path,
            host=target.host or "",
            body=request.body.encode(),
        )
    except NoResponseError as error:
        raise NothingToMeasureError(
            f"{target.name} at {target.address} does not answer: {error}.",
            "Start the site with 'partsearch up', or correct the address.",
        ) from error
    if not answer.is_ok:
        _raise_failed(target, request, answer)
    return answer.body


def _raise_failed(target: Target, request: Request, answer: Response) -> NoReturn:
    beginning = answer.body[:_SHOWN_BYTES].decode(errors="replace")
    raise NothingToMeasureError(
        f"{target.name} answers {shown(request)} with {answer.status}: {beginning}",
        "A failing search cannot be measured: see 'partsearch logs', or correct the address.",
    )


def shown(request: Request) -> str:
    """Return a request as messages show it."""
    return f"{request.method} {request.path} {request.body}".rstrip()


def read(body: bytes) -> JsonValue:
    """Return the JSON of an answer, its numbers in their written form.

    Raises:
        ValueError: the body is not JSON.
    """
    return json.loads(body, parse_int=Number, parse_float=Number, parse_constant=Number)
