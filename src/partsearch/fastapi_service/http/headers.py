"""The contract's headers on every answer, and the check of the header ``Host``."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partsearch.contract.errors import not_found, rejected_request
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.fastapi_service.http.responses import problem_response
from partsearch.settings import settings

_HOSTS_KEPT = 64
_PORT = re.compile(r":\d*$")
_ANY_HOST = ("/healthz", "/readyz")
"""A load balancer requests these by address."""

_REQUEST_ID = REQUEST_ID_HEADER.lower().encode()
_SCOPE_KEY = "partsearch.request_id"
_BEGINNINGS = ("http.response.start", "websocket.http.response.start", "websocket.accept")


class ContractHeaders:
    """Middleware that adds the contract's headers and rejects hosts that are not served, as Django does.

    It does so for WebSockets too, and turns a rejected handshake into problem details.

    Args:
        app: the application behind it.
        release: the value of ``X-Release``.
        allowed_hosts: names as in Django's ALLOWED_HOSTS. ``.example.org`` includes its subdomains.
    """

    def __init__(self, app: ASGIApp, release: str, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._headers = [
            (b"x-engine", b"fastapi"),
            (b"x-release", release.encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
        ]
        # Nearly all requests name the same host.
        self._is_served_host = lru_cache(_HOSTS_KEPT)(partial(is_served_host, allowed_hosts=allowed_hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_accepted = scope["type"] == "http"
        host, given_id = _host_and_id(scope)
        scope[_SCOPE_KEY] = own_id = request_id(given_id)
        own_headers = [*self._headers, (_REQUEST_ID, own_id.encode())]

        async def send_with_headers(message: Message) -> None:
            nonlocal is_accepted
            if message["type"] in _BEGINNINGS:
                is_accepted = True
                message["headers"] = [*message.get("headers", ()), *own_headers]
            elif message["type"] == "websocket.close" and not is_accepted:
                # The router closes a WebSocket to an unknown address instead of answering 404.
                await problem_response(not_found())(scope, receive, send_with_headers)
                return
            await send(message)

        is_served = self._is_served_host(host) or (scope["type"] == "http" and scope["path"] in _ANY_HOST)
        app = self._app if is_served else problem_response(rejected_request(HTTPStatus.BAD_REQUEST))
        await app(scope, receive, send_with_headers)


def _host_and_id(scope: Scope) -> tuple[str, str | None]:
    """Return the headers ``Host``, or an empty text, and ``X-Request-Id``."""
    host, given_id = b"", None
    for name, value in scope["headers"]:
        if name == b"host":
            host = host or value
        elif name == _REQUEST_ID:
            given_id = given_id or value.decode("latin-1")
    return host.decode("latin-1"), given_id


def request_id_of(scope: Mapping[str, Any]) -> str:
    """Return the id that the request has in the log and in its answer."""
    own_id: str = scope.get(_SCOPE_KEY, "-")
    return own_id


def contract_headers(own_id: str) -> dict[str, str]:
    """Return the contract's headers for an answer that does not pass through the middleware."""
    return {"X-Engine": "fastapi", "X-Release": settings().release(), REQUEST_ID_HEADER: own_id}


def is_served_host(host: str, allowed_hosts: Sequence[str]) -> bool:
    """Return whether ``host``, with or without a port, is one of these names."""
    name = _PORT.sub("", host).lower().removesuffix(".")
    return any(
        allowed in ("*", name) or (allowed.startswith(".") and (name.endswith(allowed) or name == allowed[1:]))
        for allowed in map(str.lower, allowed_hosts)
    )


def is_own_origin(origin: str) -> bool:
    """Return whether the header ``Origin`` names a page of this site."""
    try:
        return is_served_host(urlsplit(origin).netloc, settings().allowed_hosts)
    except ValueError:
        return False
