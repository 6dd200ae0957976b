"""The body of a request, read in the event loop: a client that sends slowly holds no thread."""

from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from partsearch.django_service.front.protocol import Headers, HTTPProtocol, ProtocolClosed

IN_MEMORY_BYTES = 1024 * 1024


class ClientLeftError(Exception):
    """The client has left in the middle of its body."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body as far as it was read; ``is_whole`` says whether that is all of it."""

    file: BinaryIO
    is_whole: bool = True

    @classmethod
    def empty(cls) -> "Body":
        """Return the body of a request that has none."""
        return cls(BytesIO())


def has_body(headers: Headers) -> bool:
    """Return whether the client announces a body."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def announced_length(headers: Headers) -> int | None:
    """Return how long the client says that the body is; None where it sends it in chunks."""
    length = headers.get("content-length")
    return int(length) if length else None


async def read_body(protocol: HTTPProtocol, length: int | None, limit: int) -> Body:
    """Return the body: all of it, or, where it is longer than ``limit``, one byte more than that.

    Args:
        protocol: of the request.
        length: as the client announces it. Where that is too great nothing is read.
        limit: in bytes.

    Raises:
        ClientLeftError: the client has left before its end.
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
        raise ClientLeftError
    file.seek(0)
    return Body(file, is_whole=left > 0)


class ArrivingBody:
    """A small body that granian reads by itself. A thread can see whether it is there, without the event loop.

    Most bodies come with their headers: for those the way through the event loop costs more than the body.

    Args:
        protocol: of the request.
        length: as the client announces it.
    """

    __slots__ = ("_arriving", "_length")

    def __init__(self, protocol: HTTPProtocol, length: int) -> None:
        self._arriving: Any = protocol()
        self._length = length

    def is_there(self) -> bool:
        """Return whether nothing more is to come."""
        return bool(self._arriving.done())

    async def wait(self) -> None:
        """Return when nothing more is to come.

        Raises:
            ClientLeftError: the client has left before its end.
        """
        try:
            await self._arriving
        except ProtocolClosed as error:
            raise ClientLeftError from error

    def read(self) -> Body:
        """Return the body, when it is there.

        Raises:
            ClientLeftError: the client has left before its end.
        """
        try:
            body = self._arriving.result()
        except ProtocolClosed as error:
            raise ClientLeftError from error
        if len(body) < self._length:
            raise ClientLeftError
        return Body(BytesIO(body))


def is_read(body: Body | ArrivingBody) -> bool:
    """Return whether nothing of the body is left to be read from the connection."""
    return body.is_there() if isinstance(body, ArrivingBody) else body.is_whole
