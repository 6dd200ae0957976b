"""The WSGI environ of a request, built from granian's RSGI scope as granian's WSGI interface builds it."""

import sys
from functools import lru_cache
from typing import Any, BinaryIO

from partsearch.django_service.front.rsgi_types import Headers, Scope

_ALWAYS: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")
_NAMES_KEPT = 256


def environ_of(scope: Scope, headers: Headers, body: BinaryIO) -> dict[str, Any]:
    """Return the environ of a request.

    Args:
        scope: the RSGI scope. Its path is decoded already: bytes that are not UTF-8 are lost.
        headers: the headers, since each access to ``scope.headers`` copies them.
        body: the body.
    """
    server, port = _server(scope.server)
    environ = {
        **_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_latin1(scope.path),
        "QUERY_STRING": _as_latin1(scope.query_string),
        "REMOTE_ADDR": host_of(scope.client),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    for name, value in headers.items():
        variable = _variable(name)
        if variable not in environ:
            environ[variable] = value
        elif variable not in _WITHOUT_PREFIX:
            environ[variable] += f"{';' if variable == 'HTTP_COOKIE' else ','}{value}"
    environ.setdefault("HTTP_HOST", "")
    return environ


def host_of(address: str) -> str:
    """Return the host of ``host:port``, without the brackets of an IPv6 address."""
    return address.rpartition(":")[0].strip("[]")


@lru_cache(_NAMES_KEPT)
def _variable(header: str) -> str:
    """Return the environ variable of a header."""
    name = header.upper().replace("-", "_")
    return name if name in _WITHOUT_PREFIX else f"HTTP_{name}"


@lru_cache(1)
def _server(address: str) -> tuple[str, str]:
    return host_of(address), address.rpartition(":")[2]


def _as_latin1(text: str) -> str:
    """Return the UTF-8 bytes of ``text`` as latin-1 characters, which is how WSGI passes them."""
    return text if text.isascii() else text.encode().decode("latin-1")
