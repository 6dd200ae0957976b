"""The data with which the page keeps its results up to date over the live socket."""

import zlib
from decimal import Decimal

import orjson
from django.http import HttpRequest

from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.django_service.found_parts import FoundParts

_LIVE_SOCKET_PATH = "/search/part/live/"


def live_socket_path(request: HttpRequest) -> str | None:
    """Return the path of the live socket, or ``None`` for a request that bypassed Nginx, which routes the socket."""
    return _LIVE_SOCKET_PATH if "X-Forwarded-Proto" in request.headers else None


def search_json(search: Search) -> str:
    """Return the JSON object of ``search``, as a client of the contract sends it."""
    return orjson.dumps({name: _serializable(value) for name, value in search if value is not None}).decode()


def checksum(found: FoundParts, search: Search, understood: Understood | None) -> int:
    """Return the CRC-32 of the answer. A browser can compute it everywhere; it has better digests on https alone."""
    return zlib.crc32(found.as_answer(search, understood))


def _serializable(value: object) -> object:
    """Return ``value`` in a form that orjson writes with all digits of its numbers."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    if isinstance(value, int) and not isinstance(value, bool):
        return orjson.Fragment(str(value))
    if isinstance(value, tuple):
        return [_serializable(item) for item in value]
    return {key: _serializable(item) for key, item in value.items()} if isinstance(value, dict) else value
