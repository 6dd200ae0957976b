"""The server of the FastAPI service: uvicorn with subclasses for the contract: ``python -m ...server --port 9000``.

It differs from uvicorn where granian, the server of the Django service, does:

- A request line may have Cyrillic letters that are not percent-encoded.
- An unknown method is answered 405.
- An upgrade to HTTP/2, which Java's client offers, is declined and the body is read. So is an upgrade to WebSocket
  outside of live search.
- A request that is not HTTP is answered with problem details.
- When a client disconnects, the work for it is cancelled at once.
"""

import argparse
import os
import re
import signal
import socket
import sys
from functools import partial
from http import HTTPStatus

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.supervisors import Multiprocess

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError
from partsearch.contract.limits import BODY_BYTES
from partsearch.contract.request_ids import request_id
from partsearch.fastapi_service.http.client_disconnect import cancel_for, offer_abort
from partsearch.fastapi_service.http.headers import contract_headers
from partsearch.fastapi_service.live.protocol import LiveProtocol
from partsearch.fastapi_service.routes.live import LIVE_URL
from partsearch.settings import settings
from partsearch.system.log_config import LogFormat, log_configuration

_HOST = "127.0.0.1"
_BACKLOG = 2048
_GRACEFUL_SECONDS = 15
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_LIVE_REQUEST = re.compile(rb"GET %b[? ]" % LIVE_URL.encode())
_KNOWN_METHOD = re.compile(rb"(GET|POST|HEAD|PUT|PATCH|DELETE|OPTIONS) ")
_ANY_METHOD = re.compile(rb"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")
_OTHER_UPGRADE = re.compile(rb"\r\nupgrade:(?![ \t]*websocket[ \t]*(\r\n|\Z))", re.IGNORECASE)
_ANY_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)
_PING_SECONDS = 20.0


def main() -> None:
    """Serve until a signal stops the process."""
    parser = argparse.ArgumentParser(prog="partsearch.fastapi_service.server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--keep-alive", type=int, required=True, help="seconds that an idle connection is kept")
    parser.add_argument("--app", default="partsearch.fastapi_service.app:create_app", help="a factory")
    arguments = parser.parse_args()
    config = uvicorn.Config(
        arguments.app,
        factory=True,
        host=_HOST,
        port=arguments.port,
        workers=arguments.workers,
        loop="uvloop",
        http=ContractProtocol,
        ws=LiveProtocol,
        ws_max_size=BODY_BYTES,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        # Compression would take about 50 KB a socket, and time for each socket at every change.
        ws_per_message_deflate=False,
        backlog=_BACKLOG,
        access_log=False,
        log_config=log_configuration(LogFormat(settings().partsearch_log_format)),
        log_level="warning",
        server_header=False,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=arguments.keep_alive,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
    )
    if arguments.workers == 1:
        server = uvicorn.Server(config)
        server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
    else:
        # Uvicorn's own socket finds a port that is in use. With SO_REUSEPORT such a port may seem free.
        config.bind_socket().close()
        Workers(config, [_listening_socket(arguments.port) for _ in range(arguments.workers)]).run()


def _listening_socket(port: int) -> socket.socket:
    """Return the socket of one worker. The kernel distributes the connections over all sockets of the port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((_HOST, port))
    listener.set_inheritable(True)
    return listener


class Workers(Multiprocess):
    """The worker processes. The master passes the signals for live search on to them.

    Each worker has its own socket. From a shared socket, the worker that wakes first accepts all waiting connections:
    of a hundred clients at once, one worker got ninety. The master keeps every socket open, so the clients of a worker
    that has died wait for the next one.
    """

    @property
    def sockets(self) -> list[socket.socket]:
        """Return the socket for the worker that starts next: that of the dead worker, or all if none is dead."""
        alive = [worker.process.is_alive() for worker in self.processes]
        position = alive.index(False) if False in alive else len(alive)
        return self._listeners[position : position + 1] or self._listeners

    @sockets.setter
    def sockets(self, listeners: list[socket.socket]) -> None:
        self._listeners = listeners

    def handle_usr1(self) -> None:
        """Start the drain of live search in every worker."""
        self._pass_on(signal.SIGUSR1)

    def handle_usr2(self) -> None:
        """Stop the drain of live search in every worker."""
        self._pass_on(signal.SIGUSR2)

    def _pass_on(self, number: signal.Signals) -> None:
        """Send a signal to the ready workers. It would kill a worker that is starting, which has no clients."""
        for process in self.processes:
            if process.pid is not None and process.is_ready():
                os.kill(process.pid, number)


class ContractProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol with the differences above."""

    _inside_message = False
    _answering: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        """Receive bytes from the client."""
        if not self._inside_message:
            data = _with_readable_head(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._inside_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that a request has been read to its end."""
        self._inside_message = False
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        offer_abort(cycle.scope, partial(self._abort, cycle))
        super()._start_asgi_task(cycle, app)

    def _abort(self, cycle: RequestResponseCycle) -> None:
        """Close the connection without what waits to be sent. A close would wait for a client that takes nothing."""
        cycle.disconnected = True
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the work for the client of a connection that is gone."""
        super().connection_lost(exc)
        # Uvicorn notes the disconnect for the last request of a pipeline. This is the one that is being answered.
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            cancel_for(self._answering.scope)

    def _should_upgrade(self) -> bool:
        return self.url.partition(b"?")[0] == LIVE_URL.encode() and super()._should_upgrade()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: clients may offer upgrades."""

    def send_400_response(self, msg: str) -> None:
        """Answer 400 to a request that cannot be parsed, and close the connection."""
        body = ProblemError(HTTPStatus.BAD_REQUEST, msg).body()
        headers = {
            "Content-Type": PROBLEM_CONTENT_TYPE,
            "Content-Length": str(len(body)),
            **contract_headers(request_id(None)),
            "Connection": "close",
        }
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers.items()), "\r\n"]
        self.transport.write("\r\n".join(lines).encode() + body)
        self.transport.close()


def _with_readable_head(data: bytes) -> bytes:
    """Return the start of a request with a head that the parser can read.

    Bytes that a URL cannot hold are percent-encoded. An unknown method becomes TRACE, which no address answers. The
    header of an upgrade gets another name, unless it is to WebSocket at live search: the parser reads no body after it.
    """
    head, blank_line, body = data.partition(b"\r\n\r\n")
    if not _KNOWN_METHOD.match(head):
        head = _ANY_METHOD.sub(b"TRACE ", head)
    if not head.isascii():
        line, newline, fields = head.partition(b"\r\n")
        head = _NOT_ASCII.sub(_percent_encoded, line) + newline + fields
    if b"pgrade" in head:
        no_upgrade = _OTHER_UPGRADE if _LIVE_REQUEST.match(head) else _ANY_UPGRADE
        head = no_upgrade.sub(b"\r\nX-Upgrade:", head)
    return head + blank_line + body


def _percent_encoded(byte: re.Match[bytes]) -> bytes:
    return b"%%%02X" % byte[0][0]


if __name__ == "__main__":
    main()
