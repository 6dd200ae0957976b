"""The server of the FastAPI service: uvicorn, told what the contract asks of it: ``python -m ...server --port 9000``.

Two things are not uvicorn's habit. An address that is typed with its Cyrillic letters as they are is understood, as
the Django service's server does. And what is no HTTP at all is refused in the contract's form.
"""

import argparse
import re
from http import HTTPStatus

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError

_BACKLOG = 2048
_GRACEFUL_SECONDS = 15
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


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
    """HTTP as uvicorn speaks it, but for the two things above."""

    _inside_message = False

    def data_received(self, data: bytes) -> None:
        """Takes bytes from the client."""
        if not self._inside_message and not data.isascii():
            data = _with_ascii_target(data)
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
            f"HTTP/1.1 400 Bad Request\r\nContent-Type: {PROBLEM_CONTENT_TYPE}\r\nX-Engine: fastapi\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _with_ascii_target(data: bytes) -> bytes:
    """``data``, which begins a request, with the bytes of its first line percent-encoded that a URL cannot hold."""
    line, newline, rest = data.partition(b"\r\n")
    return _NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], line) + newline + rest


if __name__ == "__main__":
    main()
