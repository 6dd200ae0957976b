"""One TCP, TLS or unix connection of the front: read in pieces at first, relayed afterwards."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Protocol, cast

from tests.support.neon.messages import LONGEST_PACKET, packet_code

_LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


class Relay(Protocol):
    """Receives the data of a wire."""

    def __call__(self, data: bytes) -> None: ...


class Wire(asyncio.Protocol):
    """A connection of any kind."""

    def __init__(self, raw: socket.socket | None = None) -> None:
        self.is_lost = False
        self._raw = raw
        self._received = bytearray()
        self._arrival: asyncio.Future[None] | None = None
        self._relay: Relay | None = None
        self._when_lost: Callable[[], None] | None = None
        self._peer: Wire | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._relay:
            self._relay(data)
        else:
            self._received += data
            self._tell_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._tell_reader()
        if self._when_lost:
            self._when_lost()

    def pause_writing(self) -> None:
        if self._peer and not self._peer.transport.is_closing():
            self._peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._peer and not self._peer.transport.is_closing():
            self._peer.transport.resume_reading()

    def _tell_reader(self) -> None:
        if self._arrival and not self._arrival.done():
            self._arrival.set_result(None)

    async def read(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            ConnectionResetError: the connection ended before that.
        """
        while len(self._received) < size:
            if self.is_lost:
                raise ConnectionResetError
            self._arrival = asyncio.get_running_loop().create_future()
            await self._arrival
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    async def read_packet(self) -> bytes:
        """Return the next start-up packet without its length."""
        return await self.read(_checked(packet_code(await self.read(4))))

    async def read_message(self) -> bytes:
        """Return the body of the next message."""
        return await self.read(_checked(packet_code((await self.read(5))[1:])))

    def relay(self, peer: "Wire", take: Relay, when_lost: Callable[[], None]) -> None:
        """Pass all further data to ``take``, no faster than ``peer`` accepts it."""
        self._peer, self._relay, self._when_lost = peer, take, when_lost
        if self._received:
            take(bytes(self._received))
            self._received.clear()
        if self.is_lost:
            when_lost()

    def write(self, data: bytes) -> None:
        """Send data if the connection is still open."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        """Close the connection after the written data."""
        self.transport.close()

    def reset(self) -> None:
        """Close the connection at once by RST."""
        if self._raw and not self.is_lost:
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT_AT_ALL)
        self.transport.abort()


def _checked(length: int) -> int:
    if not 4 <= length <= LONGEST_PACKET:
        raise ConnectionResetError
    return length - 4
