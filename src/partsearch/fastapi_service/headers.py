"""What every answer of the FastAPI service has in common: the contract's headers, and the check of the host."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partsearch.contract.errors import refused_request
from partsearch.fastapi_service.responses import problem_response

_PORT = re.compile(r":\d*$")


class ContractHeaders:
    """Middleware that adds the contract's headers and refuses hosts that are not served, as Django does.

    Args:
        app: the application behind it.
        release: the id for ``X-Release``.
        allowed_hosts: names as in Django's ALLOWED_HOSTS; ``.example.org`` stands for all its subdomains too.
    """

    def __init__(self, app: ASGIApp, release: str, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._release = release
        self._allowed_hosts = [host.lower() for host in allowed_hosts]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Engine"] = "fastapi"
                headers["X-Release"] = self._release
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        served = self._serves(Headers(scope=scope).get("host", ""))
        app = self._app if served else problem_response(refused_request(HTTPStatus.BAD_REQUEST))
        await app(scope, receive, send_with_headers)

    def _serves(self, host: str) -> bool:
        name = _PORT.sub("", host).lower().removesuffix(".")
        return any(
            allowed in ("*", name) or (allowed.startswith(".") and (name.endswith(allowed) or name == allowed[1:]))
            for allowed in self._allowed_hosts
        )
