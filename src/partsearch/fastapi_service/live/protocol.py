"""Uvicorn's WebSocket protocol with subclasses for the contract.

It differs from uvicorn's own:

- A rejected handshake is answered with problem details.
- A client that does not read gets its Close frame too, and the connection is closed if the client does not take it.
- For a client that violates the protocol, or sends too many frames, the connection stays open until the client is
  silent, so that the Close frame arrives.
- After a disconnect the messages that the client had sent before are dropped.
- When the process ends, every client gets a going-away message and time to answer, at a random moment each.
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
from partsearch.fastapi_service.http.client_disconnect import cancel_for
from partsearch.fastapi_service.http.headers import contract_headers
from partsearch.fastapi_service.live.limits import FrameRate
from partsearch.fastapi_service.live.messages import GOING_AWAY, SERVICE_RESTART

_CLOSE_SECONDS = 5.0
_SILENCE_SECONDS = 0.5
_MOST_DISCARDED_BYTES = 2**20
_LONGEST_SHUTDOWN_SECONDS = 4.0
_NOT_UTF8 = 1007
_POLL_SECONDS = 0.05
_TCP_ESTABLISHED = 1


class _Handshake(ServerProtocol):
    """The handshake, which rejects with problem details."""

    _given_id: str | None = None

    def accept(self, request: Request) -> Response:
        """Return the response to the request of a handshake."""
        self._given_id = next(iter(request.headers.get_all(REQUEST_ID_HEADER)), None)
        return super().accept(request)

    def reject(self, status: StatusLike, text: str) -> Response:
        """Return the response to an invalid handshake."""
        response = super().reject(status, text)
        problem = ProblemError(HTTPStatus(status), "The request is not a valid WebSocket handshake.")
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
    """Uvicorn's WebSocket protocol with the differences above."""

    _abort_timer: asyncio.TimerHandle | None = None
    _is_discarding = False
    _bytes_to_discard = _MOST_DISCARDED_BYTES
    _check_timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=self.logger)
        self._rate = FrameRate()

    def data_received(self, data: bytes) -> None:
        """Receive bytes from the client."""
        if self._is_discarding:
            self._discard(len(data))
            return
        if self.handshake_initiated and not self._rate.admits(data):
            # The parser does not get them: it takes time for each frame.
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
        """Receive a further fragment of a message, unless it is empty."""
        if event.data or event.fin:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Pass a whole message on. While it waits, nothing more is read."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(_NOT_UTF8)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()
        if self.read_paused and self._check_timer is None:
            self._check_timer = self.loop.call_later(_POLL_SECONDS, self._check_client)

    def _check_client(self) -> None:
        """Check for a disconnect while nothing is read, since only a read would report it."""
        self._check_timer = None
        if self.read_paused and not self.transport.is_closing():
            if _has_hung_up(self.transport):
                self.transport.abort()
            else:
                self._check_timer = self.loop.call_later(_POLL_SECONDS, self._check_client)

    def handle_close(self, event: Frame) -> None:
        """Receive the client's Close frame."""
        self._drop_client()
        super().handle_close(event)

    def _drop_client(self) -> None:
        """Drop the client's messages and cancel the work for it: it can get no answer any more."""
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for message in waiting:
            if message["type"] != "websocket.receive":
                self.queue.put_nowait(message)
        cancel_for(getattr(self, "scope", {}))

    def handle_parser_exception(self) -> None:
        """Close the connection to a client that violates the protocol, for example by a message that is too long.

        Until the client is silent, its bytes are read and discarded. TCP resets a connection that is closed with unread
        bytes, and may lose the Close frame then. So does an Nginx in between.
        """
        close = self.conn.close_sent or Close(CloseCode.PROTOCOL_ERROR, "")
        self.stop_keepalive()
        self._drop_client()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code, "reason": close.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self._is_discarding = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._abort_later()
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
        """Send a message of the application."""
        if self.close_sent:
            raise ClientDisconnected
        is_end = message["type"] == "websocket.close" and self.handshake_complete
        if is_end:
            # The Close frame is sent after the messages that the client has not read yet.
            self.writable.set()
            self._abort_later()
        await super().send(message)
        if is_end:
            self._drop_client()
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # Otherwise uvicorn logs a rejected handshake as one that was never answered.
            self.handshake_complete = True

    def shutdown(self) -> None:
        """Close the connection, because the process ends."""
        if not self.handshake_complete:
            super().shutdown()
        elif not self.close_sent:
            longest = min(_LONGEST_SHUTDOWN_SECONDS, len(self.connections) / CLOSED_SOCKETS_PER_SECOND)
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
        self._drop_client()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": SERVICE_RESTART})
        self.close_timer = self.loop.call_later(_CLOSE_SECONDS, self.transport.close)
        self._abort_later()

    def _abort_later(self) -> None:
        """Abort the connection after the time that the client has to answer the Close frame."""
        if self._abort_timer is None:
            self._abort_timer = self.loop.call_later(_CLOSE_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the work for the client of a connection that is gone."""
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        if self._check_timer is not None:
            self._check_timer.cancel()
        self._drop_client()
        super().connection_lost(exc)


def _has_hung_up(transport: asyncio.Transport) -> bool:
    """Return whether the other end has closed the connection, however many bytes are unread."""
    connection = transport.get_extra_info("socket")
    if connection is None or not hasattr(socket, "TCP_INFO"):
        return False
    state: int = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != _TCP_ESTABLISHED
