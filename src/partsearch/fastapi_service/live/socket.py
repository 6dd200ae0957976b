"""One client of live search: reads its searches and sends it the newest answer."""

import asyncio
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from partsearch.contract.errors import ProblemError
from partsearch.contract.request.reading import search_from_body
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect
from partsearch.fastapi_service.live.limits import MessageRate
from partsearch.fastapi_service.live.messages import GOING_AWAY, SERVICE_RESTART, TOO_SLOW, problem_message
from partsearch.fastapi_service.live.subscriptions import Subscription, Subscriptions

SEND_SECONDS = 10.0
"""How long a client may take to read a message before it is disconnected."""

# Starlette raises the second one after it has raised the first.
_GONE = (WebSocketDisconnect, WebSocketDisconnected)


class LiveSocket:
    """One client. An idle socket costs one task and no query.

    Args:
        websocket: the accepted connection.
        subscriptions: answers the searches.
    """

    def __init__(self, websocket: WebSocket, subscriptions: Subscriptions) -> None:
        self._websocket = websocket
        self._subscriptions = subscriptions
        self._rate = MessageRate()
        self._subscription: Subscription | None = None
        self._sent_revision: int | None = None
        self._problem: str | None = None
        self._sending: asyncio.Task[None] | None = None
        self._is_closed = False
        self.is_closing = False

    async def serve(self) -> None:
        """Serve the client until it disconnects."""
        try:
            with suppress(ClientDisconnect), CancelledOnDisconnect(self._websocket.scope):
                while (text := await self._received()) is not None:
                    await self._rate.wait()
                    await self._search(text)
        finally:
            self._use(None)
            if self._sending:
                self._sending.cancel()

    def changed(self, subscription: Subscription) -> None:
        """Send the newer message of ``subscription``."""
        if subscription is self._subscription:
            self._deliver()

    def go_away(self) -> None:
        """Send the client ``going-away``, and close the socket."""
        self.is_closing = True
        self._deliver()

    async def _received(self) -> bytes | None:
        """Return the next message, or None when the client has disconnected."""
        message: Any = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return message["bytes"] if text is None else text.encode()

    async def _search(self, text: bytes) -> None:
        """Answer one search. The previous subscription stays until then, and also after an invalid search."""
        try:
            subscription = self._subscriptions.join(search_from_body(text), self)
        except ProblemError as problem:
            self._problem = problem_message(problem)
        else:
            try:
                await self._subscriptions.update(subscription)
            finally:
                self._use(subscription)
        self._deliver()
        # The next search is read when this one is answered, so a client that does not read cannot send more.
        while self._sending:
            await asyncio.wait([self._sending])

    def _use(self, subscription: Subscription | None) -> None:
        previous, self._subscription, self._sent_revision = self._subscription, subscription, None
        if previous is not None and previous is not subscription:
            self._subscriptions.leave(previous, self)

    def _deliver(self) -> None:
        if self._sending is None and not self._is_closed:
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        """Send until there is nothing newer. Messages that became old while the client was reading are left out."""
        try:
            while (message := self._next_message()) is not None:
                await self._send(message)
            if self.is_closing:
                await self._send(GOING_AWAY)
                await self._close(SERVICE_RESTART)
        except TimeoutError:
            await self._close(TOO_SLOW, "Messages are not read.")
        except _GONE:
            # The task that waits for the next message of the client gets the disconnect.
            self._is_closed = True
        finally:
            self._sending = None

    async def _send(self, message: str) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._websocket.send_text(message)

    async def _close(self, code: int, reason: str = "") -> None:
        self.is_closing = self._is_closed = True
        with suppress(*_GONE):
            await self._websocket.close(code, reason)

    def _next_message(self) -> str | None:
        if self.is_closing:
            return None
        if self._problem is not None:
            message, self._problem = self._problem, None
            return message
        subscription = self._subscription
        if subscription is None or subscription.revision == self._sent_revision:
            return None
        self._sent_revision = subscription.revision
        return subscription.message
