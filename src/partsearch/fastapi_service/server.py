"""The server of the FastAPI service: uvicorn, told what the contract asks of it: ``python -m ...server --port 9000``.

Some things are not uvicorn's habit, and are that of the Django service's server. An address that is typed with its
Cyrillic letters as they are is understood. A method that nobody has heard of is one that an address does not answer.
An offer to speak HTTP/2, which Java's client makes, is declined, and the body is read all the same; so is one to speak
WebSocket anywhere but at live search. What is no HTTP at all is refused in the contract's form. And when a client
leaves, what is under way for it is cancelled at once.
"""

import argparse
import os
import re
import signal
import socket
import sys
from http import HTTPStatus

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.supervisors import Multiprocess

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError
from partsearch.contract.limits import BODY_BYTES
from partsearch.contract.request_ids import request_id
from partsearch.fastapi_service.headers import contract_headers
from partsearch.fastapi_service.leaving import client_has_left
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
    """Serves until told to stop."""
    parser = argparse.ArgumentParser(prog="partsearch.fastapi_service.server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--keep-alive", type=int, required=True, help="seconds that an idle connection is kept")
    arguments = parser.parse_args()
    config = uvicorn.Config(
        "partsearch.fastapi_service.app:create_app",
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
        # Compression would cost some 50 KB a socket, and time for each of them at every change.
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
        # Found out by uvicorn's own socket first: with SO_REUSEPORT a port that is taken may seem free.
        config.bind_socket().close()
        Workers(config, [_listener(arguments.port) for _ in range(arguments.workers)]).run()


def _listener(port: int) -> socket.socket:
    """A socket of one worker; the kernel divides the connections between all that have the port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((_HOST, port))
    listener.set_inheritable(True)
    return listener


class Workers(Multiprocess):
    """The worker processes, which are handed on the signals for live search that the master gets.

    Each has a socket to itself. From one that is shared, whoever wakes first takes all connections that wait: of a
    hundred clients that came at once, one worker had ninety. The master keeps every socket open, so that the clients of
    a worker that has died wait for its successor.
    """

    @property
    def sockets(self) -> list[socket.socket]:
        """The socket for the worker that is about to start: that of the one that is missing, or all where none is."""
        alive = [worker.process.is_alive() for worker in self.processes]
        place = alive.index(False) if False in alive else len(alive)
        return self._listeners[place : place + 1] or self._listeners

    @sockets.setter
    def sockets(self, listeners: list[socket.socket]) -> None:
        self._listeners = listeners

    def handle_usr1(self) -> None:
        """Begins to send the clients of live search away."""
        self._hand_on(signal.SIGUSR1)

    def handle_usr2(self) -> None:
        """Lets those stay who are still there."""
        self._hand_on(signal.SIGUSR2)

    def _hand_on(self, number: signal.Signals) -> None:
        """A worker that is just starting has no clients, and would die of the signal."""
        for process in self.processes:
            if process.pid is not None and process.is_ready():
                os.kill(process.pid, number)


class ContractProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but for the things above."""

    _inside_message = False
    _answering: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        """Takes bytes from the client."""
        if not self._inside_message:
            data = _with_readable_head(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Is told by the parser that a request begins."""
        self._inside_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Is told by the parser that a request has been read whole."""
        self._inside_message = False
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        """Is told that the connection is no more."""
        super().connection_lost(exc)
        # That of the request that is answered, while further ones may wait behind it.
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            client_has_left(self._answering.scope)

    def _should_upgrade(self) -> bool:
        return self.url.partition(b"?")[0] == LIVE_URL.encode() and super()._should_upgrade()

    def _unsupported_upgrade_warning(self) -> None:
        """What a client offers is nothing to warn of."""

    def send_400_response(self, msg: str) -> None:
        """Answers what cannot be parsed, and hangs up."""
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
    """``data``, which begins a request, with a head that the parser can read.

    The bytes of the address that a URL cannot hold are percent-encoded. A method that is not known is TRACE, which no
    address answers either. An upgrade is forgotten, unless it is to WebSocket at live search: after it the parser reads
    no body.
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
