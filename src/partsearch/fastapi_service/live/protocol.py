"""WebSocket as uvicorn speaks it, told what the contract asks of it.

Some things are not uvicorn's habit. What refuses a socket is a problem in the contract's form. A client that does not
read is sent its Close frame all the same, and cut when it does not take it. A client that breaks the protocol, or sends
frames of whatever kind without end, is heard out before the connection ends, so that its Close frame arrives. When a
client has left, what it sent before is not looked at any more. When the process is told to end, every client is told so
and given the time to answer, each at a moment of its own.
"""

import asyncio
import random
import socket
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Close, CloseCode, Frame
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError
from partsearch.contract.limits import CLOSED_SOCKETS_PER_SECOND
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.fastapi_service.headers import contract_headers
from partsearch.fastapi_service.leaving import client_has_left
from partsearch.fastapi_service.live.limits import FrameRate
from partsearch.fastapi_service.live.messages import GOING_AWAY, SERVICE_RESTART

_CLOSE_SECONDS = 5.0
_SILENCE_SECONDS = 0.5
_MOST_DISCARDED_BYTES = 2**20
_LONGEST_FAREWELL_SECONDS = 4.0
_NOT_UTF8 = 1007
_LOOK_SECONDS = 0.05
_TCP_ESTABLISHED = 1


class _Handshake(ServerProtocol):
    """The protocol, whose refusals are problems."""

    _given_id: str | None = None

    def accept(self, request: Request) -> Response:
        """Return the answer to a request that opens a socket, or should."""
        self._given_id = next(iter(request.headers.get_all(REQUEST_ID_HEADER)), None)
        return super().accept(request)

    def reject(self, status: StatusLike, text: str) -> Response:
        """The refusal of a handshake that is not as it should be."""
        response = super().reject(status, text)
        problem = ProblemError(HTTPStatus(status), "The request does not open a WebSocket as it should.")
        response.body = problem.body()
        for name, value in {
            "Content-Length": str(len(response.body)),
            "Content-Type": PROBLEM_CONTENT_TYPE,
            **contract_headers(request_id(self._given_id)),
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
    _looking: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=self.logger)
        self._rate = FrameRate()

    def data_received(self, data: bytes) -> None:
        """Takes bytes from the client."""
        if self._is_discarding:
            self._discard(len(data))
            return
        if self.handshake_initiated and not self._rate.admits(data):
            # Before the parser has them: it would take its time for each.
            self.conn.fail(CloseCode.POLICY_VIOLATION, "Too many frames.")
            self.handle_parser_exception()
            return
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            if not (output := self.conn.data_to_send()) or not any(output):
                self.conn.send_response(self.conn.reject(HTTPStatus.BAD_REQUEST, ""))
                output = self.conn.data_to_send()
            self.transport.write(b"".join(output))
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        """Takes a further piece of a message."""
        if event.data or event.fin:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hands a whole message on; as long as it waits, nothing is read."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(_NOT_UTF8)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()
        if self.read_paused and self._looking is None:
            self._looking = self.loop.call_later(_LOOK_SECONDS, self._look_for_client)

    def _look_for_client(self) -> None:
        """Sees whether the client has left while nothing is read, which would have told."""
        self._looking = None
        if self.read_paused and not self.transport.is_closing():
            if _has_hung_up(self.transport):
                self.transport.abort()
            else:
                self._looking = self.loop.call_later(_LOOK_SECONDS, self._look_for_client)

    def handle_close(self, event: Frame) -> None:
        """Takes the client's Close frame."""
        self._forget_client()
        super().handle_close(event)

    def _forget_client(self) -> None:
        """Drops what the client has sent and cancels what is under way for it: it cannot be answered any more."""
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for message in waiting:
            if message["type"] != "websocket.receive":
                self.queue.put_nowait(message)
        client_has_left(getattr(self, "scope", {}))

    def handle_parser_exception(self) -> None:
        """Closes on a client that broke the protocol, by a message that is too long for instance.

        What it goes on to send is read and thrown away until it is silent. To hang up on bytes that nobody has read is
        a failure to TCP, which may throw away the Close frame that is still under way; so does an Nginx between.
        """
        close = self.conn.close_sent or Close(CloseCode.PROTOCOL_ERROR, "")
        self.stop_keepalive()
        self._forget_client()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self._is_discarding = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
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
        if self.close_sent:
            raise ClientDisconnected
        is_end = message["type"] == "websocket.close" and self.handshake_complete
        if is_end:
            # The Close frame goes behind whatever the client has not read yet.
            self.writable.set()
            self._cut_later()
        await super().send(message)
        if is_end:
            self._forget_client()
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # uvicorn would log a refusal as a handshake that was forgotten.
            self.handshake_complete = True

    def shutdown(self) -> None:
        """Is told that the process is to end."""
        if not self.handshake_complete:
            super().shutdown()
        elif not self.close_sent:
            longest = min(_LONGEST_FAREWELL_SECONDS, len(self.connections) / CLOSED_SOCKETS_PER_SECOND)
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
        self._forget_client()
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
        if self._looking is not None:
            self._looking.cancel()
        self._forget_client()
        super().connection_lost(exc)


def _has_hung_up(transport: asyncio.Transport) -> bool:
    """Whether the other end has closed the connection, as the system knows it however much is left to be read."""
    connection = transport.get_extra_info("socket")
    if connection is None or not hasattr(socket, "TCP_INFO"):
        return False
    state: int = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != _TCP_ESTABLISHED
