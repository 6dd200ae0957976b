"""What every answer of the FastAPI service has in common: the contract's headers, and the check of the host."""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partsearch.contract.errors import not_found, refused_request
from partsearch.fastapi_service.responses import problem_response
from partsearch.settings import settings

_HOSTS_KEPT = 64
_PORT = re.compile(r":\d*$")
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

        async def send_with_headers(message: Message) -> None:
            nonlocal is_accepted
            if message["type"] in _BEGINNINGS:
                is_accepted = True
                self._add_headers(message)
            elif message["type"] == "websocket.close" and not is_accepted:
                # The router knows no other way to say that nothing is there.
                await problem_response(not_found())(scope, receive, send_with_headers)
                return
            await send(message)

        served = self._serves_host(Headers(scope=scope).get("host", ""))
        app = self._app if served else problem_response(refused_request(HTTPStatus.BAD_REQUEST))
        await app(scope, receive, send_with_headers)

    def _add_headers(self, message: Message) -> None:
        message["headers"] = [*message.get("headers", ()), *self._headers]


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
