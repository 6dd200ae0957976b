"""A response of an export is cut if its client takes nothing of it, or if the database fails in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from partsearch.contract import limits
from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.contract.request.export import export_from_query
from partsearch.fastapi_service.exports import ExportResponse
from partsearch.fastapi_service.http.client_disconnect import cancel_for, offer_abort


class _Exports:
    """Exports with these pieces; an error among them is raised."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = pieces
        self.closed = False

    @asynccontextmanager
    async def turn(self, _client: str | None) -> AsyncIterator[None]:
        yield

    async def pieces(self, _export: Any) -> AsyncIterator[bytes]:
        try:
            for piece in self._pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed = True


class _Client:
    """A client of a server: it takes so many messages, and then nothing more."""

    def __init__(self, takes: int = 100) -> None:
        self._takes = takes
        self.messages: list[Any] = []
        self.was_cut = False
        self.scope: dict[str, Any] = {"type": "http", "method": "GET", "client": ("127.0.0.1", 1)}
        offer_abort(self.scope, self._abort)

    def _abort(self) -> None:
        self.was_cut = True

    async def send(self, message: Any) -> None:
        if len(self.messages) == self._takes:
            await asyncio.Event().wait()
        self.messages.append(message)

    def take(self, exports: _Exports) -> None:
        export = export_from_query(b"format=csv")
        response = ExportResponse(exports, export)  # type: ignore[arg-type]
        asyncio.run(response(self.scope, None, self.send))  # type: ignore[arg-type]


def test_a_whole_export_ends_with_an_empty_message() -> None:
    client = _Client()
    client.take(_Exports(b"a", b"", b"b"))
    start, *pieces, end = client.messages
    assert start["status"] == 200
    assert [piece["body"] for piece in pieces] == [b"a", b"b"]
    assert end == {"type": "http.response.body", "body": b""}
    assert not client.was_cut


def test_an_error_before_the_first_byte_is_raised() -> None:
    client = _Client()
    with pytest.raises(DatabaseUnavailableError):
        client.take(_Exports(DatabaseUnavailableError()))
    assert client.messages == []


@pytest.mark.parametrize("error", [DatabaseUnavailableError(), ConnectionResetError(), ValueError()])
def test_an_error_after_it_cuts_the_connection(error: Exception) -> None:
    client, exports = _Client(), _Exports(b"a", error)
    client.take(exports)
    assert client.was_cut
    assert exports.closed
    assert client.messages[-1]["more_body"]


def test_a_client_that_takes_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_WRITE_SECONDS", 0.05)
    client, exports = _Client(takes=2), _Exports(b"a", b"b", b"c")
    client.take(exports)
    assert client.was_cut
    assert exports.closed


def test_an_export_ends_at_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_SECONDS", 0.05)
    client = _Client(takes=2)
    client.take(_Exports(b"a", b"b"))
    assert client.was_cut


def test_an_export_ends_with_its_client() -> None:
    client, exports = _Client(takes=2), _Exports(b"a", b"b", b"c")

    async def leave() -> None:
        response = ExportResponse(exports, export_from_query(b""))  # type: ignore[arg-type]
        running = asyncio.create_task(response(client.scope, None, client.send))  # type: ignore[arg-type]
        while len(client.messages) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        cancel_for(client.scope)
        await running

    asyncio.run(leave())
    assert exports.closed
    assert not client.was_cut
