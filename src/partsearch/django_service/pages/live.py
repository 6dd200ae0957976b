"""What the page needs to keep its results up to date by itself."""

import zlib
from dataclasses import fields
from decimal import Decimal

import orjson
from django.http import HttpRequest

from partsearch.contract.answer import search_answer
from partsearch.contract.search import Search
from partsearch.django_service.found_parts import FoundParts

SOCKET = "/search/part/live/"


def socket_of(request: HttpRequest) -> str | None:
    """The address of the live socket; ``None`` where the page was not asked for through Nginx, which leads to it."""
    return SOCKET if "X-Forwarded-Proto" in request.headers else None


def search_text(search: Search) -> str:
    """``search`` as the object that a client of the contract sends."""
    given = {field.name: getattr(search, field.name) for field in fields(search)}
    wanted = {name: _plain(value) for name, value in given.items() if value is not None}
    return orjson.dumps(wanted).decode()


def checksum(found: FoundParts) -> int:
    """The CRC-32 of the answer, which a browser works out everywhere; its better digests it has on https alone."""
    return zlib.crc32(search_answer((row.as_answer() for row in found.rows), found.count, found.summ))


def _plain(value: object) -> object:
    """``value`` as orjson writes it: numbers in full, however long they are."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    if isinstance(value, int) and not isinstance(value, bool):
        return orjson.Fragment(str(value))
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value
