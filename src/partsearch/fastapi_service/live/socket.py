"""One client of live search: reads its searches, and sends it what is newest and nothing that is older."""

import asyncio
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from partsearch.contract.errors import ProblemError
from partsearch.contract.reading import search_from_body
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.leaving import GivenUpWithClient
from partsearch.fastapi_service.live.hub import Hub, Watch
from partsearch.fastapi_service.live.limits import MessageRate
from partsearch.fastapi_service.live.messages import GOING_AWAY, SERVICE_RESTART, TOO_SLOW, problem_message

SEND_SECONDS = 10.0
"""How long a client may take to read a message before it is dropped."""

# The second is what Starlette raises once it has raised the first.
_GONE = (WebSocketDisconnect, WebSocketDisconnected)


class LiveSocket:
    """One client. A socket that is silent costs one task and no query.

    Args:
        websocket: the connection, accepted.
        hub: whom the searches are put to.
    """

    def __init__(self, websocket: WebSocket, hub: Hub) -> None:
        self._websocket = websocket
        self._hub = hub
        self._rate = MessageRate()
        self._watch: Watch | None = None
        self._sent_revision: int | None = None
        self._refusal: str | None = None
        self._sending: asyncio.Task[None] | None = None
        self._is_closed = False
        self.is_leaving = False

    async def serve(self) -> None:
        """Serves the client until it is gone."""
        try:
            with suppress(ClientDisconnect), GivenUpWithClient(self._websocket.scope):
                while (text := await self._received()) is not None:
                    await self._rate.wait()
                    await self._search(text)
        finally:
            self._look_at(None)
            if self._sending:
                self._sending.cancel()

    def changed(self, watch: Watch) -> None:
        """Is told that ``watch`` has a newer message."""
        if watch is self._watch:
            self._deliver()

    def go_away(self) -> None:
        """Tells the client to connect anew, and closes."""
        self.is_leaving = True
        self._deliver()

    async def _received(self) -> bytes | None:
        """The next message; ``None`` when the client is gone."""
        message: Any = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text.encode()

    async def _search(self, text: bytes) -> None:
        """Answers one search; the one before it goes on until then, or for good where this one is wrong."""
        try:
            watch = self._hub.join(composer.find_parts(search_from_body(text)), self)
        except ProblemError as problem:
            self._refusal = problem_message(problem)
        else:
            try:
                await self._hub.answer(watch)
            finally:
                self._look_at(watch)
        self._deliver()
        # The next search is read when this one is answered: a client that does not read is not read either.
        while self._sending:
            await asyncio.wait([self._sending])

    def _look_at(self, watch: Watch | None) -> None:
        before, self._watch, self._sent_revision = self._watch, watch, None
        if before is not None and before is not watch:
            self._hub.leave(before, self)

    def _deliver(self) -> None:
        if self._sending is None and not self._is_closed:
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        """Sends until there is nothing newer. What became old while the client read is left out."""
        try:
            while (message := self._next_message()) is not None:
                await self._send(message)
            if self.is_leaving:
                await self._send(GOING_AWAY)
                await self._close(SERVICE_RESTART)
        except TimeoutError:
            await self._close(TOO_SLOW, "Messages are not read.")
        except _GONE:
            # Whoever waits for its next message is told so.
            self._is_closed = True
        finally:
            self._sending = None

    async def _send(self, message: str) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._websocket.send_text(message)

    async def _close(self, code: int, reason: str = "") -> None:
        self.is_leaving = self._is_closed = True
        with suppress(*_GONE):
            await self._websocket.close(code, reason)

    def _next_message(self) -> str | None:
        if self.is_leaving:
            return None
        if self._refusal is not None:
            message, self._refusal = self._refusal, None
            return message
        watch = self._watch
        if watch is None or watch.revision == self._sent_revision:
            return None
        self._sent_revision = watch.revision
        return watch.message
