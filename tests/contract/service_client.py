"""A client of the services: HTTP over kept-alive connections, with hand-written bodies and URLs."""

import json
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from tests.support.oracle import Search, read_answer, read_params_text

SEARCH = "/search/part/"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Service:
    """A service on its own port, or as Nginx routes to it under a prefix."""

    engine: str
    release: str
    url: str
    client: httpx.Client

    def ask(self, method: str, path: str, content: object = None, **headers: str) -> httpx.Response:
        """Return the answer to any request. Every answer must have the headers of the contract."""
        response = self.client.request(
            method,
            self.url + path,
            content=content,  # type: ignore[arg-type]  # bytes, or pieces of a body without Content-Length
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        assert response.headers["X-Engine"] == self.engine
        assert response.headers["X-Release"] == self.release
        return response

    def post(self, body: object, **headers: str) -> httpx.Response:
        """Return the answer to a POST of ``body``: bytes, or a search as JSON."""
        content = body if isinstance(body, bytes) else to_json(body).encode()
        return self.ask("POST", SEARCH, content, **{"Content_Type": "application/json", **headers})

    def get(self, query: str) -> httpx.Response:
        """Return the answer to a GET with ``query`` as it is."""
        return self.ask("GET", f"{SEARCH}?{query}")

    def search(self, **fields: Any) -> dict[str, Any]:
        """Return the result of a POST of this search."""
        return search_result(self.post(fields))

    def names(self, **fields: Any) -> list[str]:
        """Return the names of the parts on the page of this search."""
        return names(self.post(fields))


def search_result(response: httpx.Response) -> dict[str, Any]:
    """Return the result in the answer to a search, which must be a 200."""
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    return read_answer(response.content)


def names(response: httpx.Response) -> list[str]:
    """Return the names of the parts in the answer to a search."""
    return [part["name"] for part in search_result(response)["response"]]


def problem(response: httpx.Response, status: HTTPStatus) -> dict[str, Any]:
    """Return the body of an answer, which must be a problem of RFC 9457 and of the contract."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    reported: dict[str, Any] = response.json()
    assert set(reported) - {"errors"} == {"type", "title", "status", "detail"}
    assert (reported["type"], reported["title"], reported["status"]) == ("about:blank", status.phrase, status)
    assert reported["detail"]
    for error in reported.get("errors", []):
        assert set(error) == {"field", "message"}
        assert error["message"]
    return reported


def same_problem(
    services: Iterable[Service], ask: Callable[[Service], httpx.Response], status: HTTPStatus
) -> dict[str, Any]:
    """Return the problem that every service answers, with the same body and the same headers."""
    answers = [ask(service) for service in services]
    reported = [problem(answer, status) for answer in answers]
    assert len({answer.content for answer in answers}) == 1, reported
    for header in ("Allow", "Retry-After"):
        assert len({answer.headers.get(header) for answer in answers}) == 1
    return reported[0]


def invalid_fields(reported: dict[str, Any]) -> list[str]:
    """Return the fields that a problem names."""
    return [error["field"] for error in reported["errors"]]


def to_json(value: object) -> str:
    """Return ``value`` as JSON, decimals with all their digits."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {to_json(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def to_query(search: Search) -> str:
    """Return ``search`` as a query string, which cannot express an empty list."""
    return urlencode(list(_query_pairs(search)), quote_via=quote)


def as_read_from_query(search: Search) -> Search:
    """Return the search that ``to_query`` writes: a query string loses the types of the values of ``params``."""
    params = search.get("params")
    if not params:
        return search
    return {**search, "params": {key: read_params_text(_params_text(member)) for key, member in params.items()}}


def _query_pairs(search: Search) -> Iterable[tuple[str, str]]:
    for name, value in search.items():
        if name == "params":
            yield from ((f"params.{key}", _params_text(member)) for key, member in (value or {}).items())
        elif isinstance(value, list):
            yield from ((name, str(item)) for item in value)
        else:
            yield name, "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _params_text(value: object) -> str:
    """Return a text as it is, or as a JSON string if it could be read as JSON."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return value
    return to_json(value)


def raw_answer(url: str, request: bytes) -> bytes:
    """Return everything that a server sends for the bytes of a request until it closes the connection."""
    address = urlsplit(url)
    assert address.hostname is not None
    with socket.create_connection((address.hostname, address.port or 80), timeout=20) as connection:
        connection.sendall(request)
        pieces = iter(lambda: connection.recv(65536), b"")
        return b"".join(pieces)
