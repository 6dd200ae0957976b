"""The server of the FastAPI service: uvicorn, told what the contract asks of it: ``python -m ...server --port 9000``.

Some things are not uvicorn's habit, and are that of the Django service's server. An address that is typed with its
Cyrillic letters as they are is understood. A method that nobody has heard of is one that an address does not answer.
An offer to speak HTTP/2, which Java's client makes, is declined, and the body is read all the same. And what is no HTTP
at all is refused in the contract's form.
"""

import argparse
import re
from http import HTTPStatus

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError
from partsearch.settings import settings

_BACKLOG = 2048
_GRACEFUL_SECONDS = 15
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_KNOWN_METHOD = re.compile(rb"(GET|POST|HEAD|PUT|PATCH|DELETE|OPTIONS) ")
_ANY_METHOD = re.compile(rb"\A[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")
_OTHER_UPGRADE = re.compile(rb"\r\nupgrade:(?!\s*websocket)", re.IGNORECASE)


def main() -> None:
    """Serves until told to stop."""
    parser = argparse.ArgumentParser(prog="partsearch.fastapi_service.server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--keep-alive", type=int, required=True, help="seconds that an idle connection is kept")
    arguments = parser.parse_args()
    uvicorn.run(
        "partsearch.fastapi_service.app:create_app",
        factory=True,
        host="127.0.0.1",
        port=arguments.port,
        workers=arguments.workers,
        loop="uvloop",
        http=ContractProtocol,
        backlog=_BACKLOG,
        access_log=False,
        log_level="warning",
        server_header=False,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=arguments.keep_alive,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
    )


class ContractProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, but for the things above."""

    _inside_message = False

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

    def send_400_response(self, msg: str) -> None:
        """Answers what cannot be parsed, and hangs up."""
        body = ProblemError(HTTPStatus.BAD_REQUEST, msg).body()
        head = (
            f"HTTP/1.1 400 Bad Request\r\nContent-Type: {PROBLEM_CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
            f"X-Engine: fastapi\r\nX-Release: {settings().release()}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _with_readable_head(data: bytes) -> bytes:
    """``data``, which begins a request, with a head that the parser can read.

    The bytes of the address that a URL cannot hold are percent-encoded. A method that is not known is TRACE, which no
    address answers either. An upgrade to anything but WebSocket is forgotten: after it the parser reads no body.
    """
    head, blank_line, body = data.partition(b"\r\n\r\n")
    if not _KNOWN_METHOD.match(head):
        head = _ANY_METHOD.sub(b"TRACE ", head)
    if not head.isascii():
        line, newline, fields = head.partition(b"\r\n")
        head = _NOT_ASCII.sub(_percent_encoded, line) + newline + fields
    if b"pgrade" in head:
        head = _OTHER_UPGRADE.sub(b"\r\nX-Upgrade:", head)
    return head + blank_line + body


def _percent_encoded(byte: re.Match[bytes]) -> bytes:
    return b"%%%02X" % byte[0][0]


if __name__ == "__main__":
    main()
