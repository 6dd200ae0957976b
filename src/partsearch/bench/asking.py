"""One request to one target, its answer read whole: for everything but the load."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.record import Request, Target

_SECONDS = 30
_NEXT_STEP = "Start the site with 'partsearch up', and fill it with 'partsearch generate 10000'."


@dataclass(frozen=True)
class Answer:
    """What a target answered: status, headers by their names in small letters, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self) -> Any:
        """The JSON of the body, numbers with a point as :class:`Decimal`.

        Raises:
            ValueError: it is no JSON.
        """
        return json.loads(self.body, parse_float=Decimal)


def ask(target: Target, request: Request, seconds: float = _SECONDS) -> Answer:
    """Puts a request.

    Args:
        target: whom to ask.
        request: what.
        seconds: how long the answer may take.

    Raises:
        NothingToMeasureError: there is no answer.
    """
    parts = urlsplit(target.address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    headers = {"Host": target.host or parts.netloc} | ({"Content-Type": "application/json"} if request.body else {})
    try:
        connection.request(request.method, parts.path + request.path, request.body.encode() or None, headers)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    except (OSError, http.client.HTTPException) as error:
        said = str(error) or type(error).__name__
        raise NothingToMeasureError(
            f"{target.name} does not answer at {target.address}: {said}.", _NEXT_STEP
        ) from error
    finally:
        connection.close()


def ask_for_json(target: Target, request: Request) -> Any:
    """The JSON that a target answers with.

    Raises:
        NothingToMeasureError: there is no answer, or it is none of 200 with JSON.
    """
    answer = ask(target, request)
    if answer.status != HTTPStatus.OK:
        raise NothingToMeasureError(
            f"{target.name} answers {request.method} {target.address}{request.path} with status {answer.status}.",
            "See 'partsearch logs' and 'partsearch doctor'.",
        )
    try:
        return answer.read()
    except ValueError as error:
        raise NothingToMeasureError(
            f"{target.name} answers {request.method} {target.address}{request.path} with something else than JSON.",
            "Give --url the address of a service with the same contract, without /search/part/.",
        ) from error
