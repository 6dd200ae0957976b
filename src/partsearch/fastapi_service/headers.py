"""What every answer of the FastAPI service has in common: the contract's headers, and the check of the host."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partsearch.contract.errors import not_found, rejected_request
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.fastapi_service.responses import problem_response
from partsearch.settings import settings

_HOSTS_KEPT = 64
_PORT = re.compile(r":\d*$")
_ANY_HOST = ("/healthz", "/readyz")
"""What a load balancer asks by address."""

_REQUEST_ID = REQUEST_ID_HEADER.lower().encode()
_SCOPE_KEY = "partsearch.request_id"
_BEGINNINGS = ("http.response.start", "websocket.http.response.start", "websocket.accept")


class ContractHeaders:
    """Middleware that adds the contract's headers and refuses hosts that are not served, as Django does.

    For WebSockets too, whose refusals it brings into the contract's form.

    Args:
        app: the application behind it.
        release: the id for ``X-Release``.
        allowed_hosts: names as in Django's ALLOWED_HOSTS; ``.example.org`` stands for all its subdomains too.
    """

    def __init__(self, app: ASGIApp, release: str, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._headers = [
            (b"x-engine", b"fastapi"),
            (b"x-release", release.encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
        ]
        # Nearly all requests name the same host.
        self._serves_host = lru_cache(_HOSTS_KEPT)(partial(serves_host, allowed_hosts=allowed_hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
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
                # The router knows no other way to say that nothing is there.
                await problem_response(not_found())(scope, receive, send_with_headers)
                return
            await send(message)

        is_served = self._serves_host(host) or (scope["type"] == "http" and scope["path"] in _ANY_HOST)
        app = self._app if is_served else problem_response(rejected_request(HTTPStatus.BAD_REQUEST))
        await app(scope, receive, send_with_headers)


def _host_and_id(scope: Scope) -> tuple[str, str | None]:
    """Return the headers ``Host``, empty where it is absent, and ``X-Request-Id``."""
    host, given_id = b"", None
    for name, value in scope["headers"]:
        if name == b"host":
            host = host or value
        elif name == _REQUEST_ID:
            given_id = given_id or value.decode("latin-1")
    return host.decode("latin-1"), given_id


def id_of(scope: Mapping[str, Any]) -> str:
    """Return what the request is known by in the log and in its answer."""
    known_by: str = scope.get(_SCOPE_KEY, "-")
    return known_by


def contract_headers(known_by: str) -> dict[str, str]:
    """Return the contract's headers for an answer that does not pass the middleware."""
    return {"X-Engine": "fastapi", "X-Release": settings().release(), REQUEST_ID_HEADER: known_by}


def serves_host(host: str, allowed_hosts: Sequence[str]) -> bool:
    """Whether ``host``, with its port or without, is one of those names."""
    name = _PORT.sub("", host).lower().removesuffix(".")
    return any(
        allowed in ("*", name) or (allowed.startswith(".") and (name.endswith(allowed) or name == allowed[1:]))
        for allowed in map(str.lower, allowed_hosts)
    )


def serves_origin(origin: str) -> bool:
    """Whether the header ``Origin`` names a page of this site."""
    try:
        return serves_host(urlsplit(origin).netloc, settings().allowed_hosts)
    except ValueError:
        return False
