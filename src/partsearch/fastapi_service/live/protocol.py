"""WebSocket as uvicorn speaks it, told what the contract asks of it.

Some things are not uvicorn's habit. What refuses a socket is a problem in the contract's form. A client that does not
read is sent its Close frame all the same, and cut when it does not take it. A client that breaks the protocol is heard
out before the connection ends, so that its Close frame arrives. When the process is told to end, every client is told
so and given the time to answer, each at a moment of its own.
"""

import asyncio
import random
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Close, CloseCode
from websockets.http11 import Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError
from partsearch.fastapi_service.live.drain import MOST_PER_SECOND
from partsearch.fastapi_service.live.messages import GOING_AWAY, SERVICE_RESTART
from partsearch.settings import settings

_CLOSE_SECONDS = 5.0
_SILENCE_SECONDS = 0.5
_MOST_DISCARDED_BYTES = 2**20
_LONGEST_FAREWELL_SECONDS = 4.0
_NOT_UTF8 = 1007


class _Handshake(ServerProtocol):
    """The protocol, whose refusals are problems."""

    def reject(self, status: StatusLike, text: str) -> Response:
        """The refusal of a handshake that is not as it should be."""
        response = super().reject(status, text)
        problem = ProblemError(HTTPStatus(status), "The request does not open a WebSocket as it should.")
        response.body = problem.body()
        for name, value in {
            "Content-Length": str(len(response.body)),
            "Content-Type": PROBLEM_CONTENT_TYPE,
            "X-Engine": "fastapi",
            "X-Release": settings().release(),
        }.items():
            if name in response.headers:
                del response.headers[name]
            response.headers[name] = value
        return response


class LiveProtocol(WebSocketsSansIOProtocol):
    """WebSocket as uvicorn speaks it, but for the things above."""

    _cutting: asyncio.TimerHandle | None = None
    _is_discarding = False
    _bytes_to_discard = _MOST_DISCARDED_BYTES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=self.logger)

    def data_received(self, data: bytes) -> None:
        """Takes bytes from the client."""
        if self._is_discarding:
            self._discard(len(data))
            return
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            if not (output := self.conn.data_to_send()) or not any(output):
                self.conn.send_response(self.conn.reject(HTTPStatus.BAD_REQUEST, ""))
                output = self.conn.data_to_send()
            self.transport.write(b"".join(output))
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Hands a whole message on."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(_NOT_UTF8)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Closes on a client that broke the protocol, by a message that is too long for instance.

        What it goes on to send is read and thrown away until it is silent. To hang up on bytes that nobody has read is
        a failure to TCP, which may throw away the Close frame that is still under way; so does an Nginx between.
        """
        close = self.conn.close_sent or Close(CloseCode.PROTOCOL_ERROR, "")
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self._is_discarding = True
        self._cut_later()
        self._close_after_silence()

    def _discard(self, number: int) -> None:
        self._bytes_to_discard -= number
        if self._bytes_to_discard < 0:
            self.transport.abort()
        else:
            self._close_after_silence()

    def _close_after_silence(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_SILENCE_SECONDS, self.transport.close)

    async def send(self, message: Any) -> None:
        """Sends what the application has to say, to a client that takes it."""
        if message["type"] == "websocket.close" and self.handshake_complete:
            # The Close frame goes behind whatever the client has not read yet.
            self.writable.set()
            self._cut_later()
        elif self.close_sent:
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # uvicorn would log a refusal as a handshake that was forgotten.
            self.handshake_complete = True

    def shutdown(self) -> None:
        """Is told that the process is to end."""
        if not self.handshake_complete:
            super().shutdown()
        elif not self.close_sent:
            longest = min(_LONGEST_FAREWELL_SECONDS, len(self.connections) / MOST_PER_SECOND)
            self.loop.call_later(random.uniform(0, longest), self._go_away)  # noqa: S311

    def _go_away(self) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.stop_keepalive()
        with suppress(InvalidState):
            self.conn.send_text(GOING_AWAY.encode())
            self.conn.send_close(SERVICE_RESTART)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": SERVICE_RESTART})
        self.close_timer = self.loop.call_later(_CLOSE_SECONDS, self.transport.close)
        self._cut_later()

    def _cut_later(self) -> None:
        """Gives the client the time to answer the Close frame, and the memory back if it does not."""
        if self._cutting is None:
            self._cutting = self.loop.call_later(_CLOSE_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Is told that the connection is no more."""
        if self._cutting is not None:
            self._cutting.cancel()
        super().connection_lost(exc)
