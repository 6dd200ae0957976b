"""The body of a request, read in the event loop: a client that sends slowly occupies no thread."""

from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from partsearch.django_service.front.rsgi_types import Headers, HTTPProtocol, ProtocolClosed

IN_MEMORY_BYTES = 1024 * 1024


class ClientDisconnectedError(Exception):
    """The client has disconnected in the middle of its body."""


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a body that was read. ``is_whole`` says whether it is all of it."""

    file: BinaryIO
    is_whole: bool = True

    @classmethod
    def empty(cls) -> "Body":
        """Return the body of a request without one."""
        return cls(BytesIO())


def has_body(headers: Headers) -> bool:
    """Return whether the headers announce a body."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def announced_length(headers: Headers) -> int | None:
    """Return the announced length of the body, or None for a chunked body."""
    length = headers.get("content-length")
    return int(length) if length else None


async def read_body(protocol: HTTPProtocol, length: int | None, limit: int) -> Body:
    """Return the whole body or, if it is longer than ``limit``, one byte more than the limit.

    Args:
        protocol: the protocol of the request.
        length: the announced length. If it is over the limit, nothing is read.
        limit: the limit in bytes.

    Raises:
        ClientDisconnectedError: the client has disconnected before the end of the body.
    """
    if length is not None and length > limit:
        return Body(BytesIO(), is_whole=False)
    file = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115  # the request closes it
    left = limit + 1
    async for piece in protocol:
        file.write(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    if length is not None and file.tell() < length:
        file.close()
        raise ClientDisconnectedError
    file.seek(0)
    return Body(file, is_whole=left > 0)


class ArrivingBody:
    """A small body that granian reads by itself. A thread can check whether it has arrived without the event loop.

    Most bodies arrive with their headers. For them a trip through the event loop costs more than the body.

    Args:
        protocol: the protocol of the request.
        length: the announced length.
    """

    __slots__ = ("_arriving", "_length")

    def __init__(self, protocol: HTTPProtocol, length: int) -> None:
        self._arriving: Any = protocol()
        self._length = length

    def has_arrived(self) -> bool:
        """Return whether all of the body has arrived."""
        return bool(self._arriving.done())

    async def wait(self) -> None:
        """Wait until all of the body has arrived.

        Raises:
            ClientDisconnectedError: the client has disconnected before the end of the body.
        """
        try:
            await self._arriving
        except ProtocolClosed as error:
            raise ClientDisconnectedError from error

    def read(self) -> Body:
        """Return the body, which must have arrived.

        Raises:
            ClientDisconnectedError: the client has disconnected before the end of the body.
        """
        try:
            body = self._arriving.result()
        except ProtocolClosed as error:
            raise ClientDisconnectedError from error
        if len(body) < self._length:
            raise ClientDisconnectedError
        return Body(BytesIO(body))


def is_read(body: Body | ArrivingBody) -> bool:
    """Return whether the connection has no unread part of the body."""
    return body.has_arrived() if isinstance(body, ArrivingBody) else body.is_whole
