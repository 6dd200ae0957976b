"""The rate limits of live search for one client: sockets, frames and messages."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from partsearch.contract.client_networks import network_of
from partsearch.contract.errors import ProblemError

MESSAGES_PER_SECOND = 5
MESSAGES_AT_ONCE = 20
FRAMES_PER_SECOND = 100
"""Frames of every kind: pings, pongs and fragments of messages too."""

_SHORT_HEADER = 2
_LENGTH_BYTES = {126: 2, 127: 8}
_MASK_BYTES = 4


class SocketsPerAddress:
    """Counts the sockets of each client network: an IPv4 address or an IPv6 /64. Loopback addresses are not limited.

    Args:
        most: how many sockets one network may have open with this process.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def counted(self, address: str) -> Iterator[None]:
        """Count a socket of ``address`` during the block.

        Raises:
            ProblemError: 429, the network has as many sockets as it may have.
        """
        network = network_of(address)
        if network is None:
            yield
            return
        if self._open[network] >= self._most:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"This address has {self._most} live searches open, and may have no more.",
                headers={"Retry-After": "30"},
            )
        self._open[network] += 1
        try:
            yield
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]


class FrameRate:
    """Counts the frames of one client by their headers alone, since parsing the payload takes longer."""

    def __init__(self) -> None:
        self._left = FRAMES_PER_SECOND
        self._counted = time.monotonic()
        self._payload_left = 0
        self._partial_header = b""

    def admits(self, data: bytes) -> bool:
        """Count the frames that begin in ``data``, the client's next bytes. Return False if there are too many."""
        now = time.monotonic()
        if now - self._counted >= 1:
            self._left, self._counted = FRAMES_PER_SECOND, now
        data, self._partial_header = (self._partial_header + data if self._partial_header else data), b""
        position = self._payload_left
        while position < len(data):
            size = _frame_size(data, position)
            if size is None:
                self._partial_header, position = data[position:], len(data)
                break
            self._left -= 1
            if self._left < 0:
                return False
            position += size
        self._payload_left = position - len(data)
        return True


def _frame_size(data: bytes, position: int) -> int | None:
    """Return the size of the frame that begins at ``position``, or None if its header is incomplete."""
    if len(data) < position + _SHORT_HEADER:
        return None
    mask_and_length = data[position + 1]
    length, head = mask_and_length & 0x7F, _SHORT_HEADER
    if length in _LENGTH_BYTES:
        head += _LENGTH_BYTES[length]
        if len(data) < position + head:
            return None
        length = int.from_bytes(data[position + _SHORT_HEADER : position + head])
    return head + (_MASK_BYTES if mask_and_length & 0x80 else 0) + length


class MessageRate:
    """Slows down a client that sends too many messages: its further messages wait on its own side."""

    def __init__(self) -> None:
        self._left = float(MESSAGES_AT_ONCE)
        self._counted = time.monotonic()

    async def wait(self) -> None:
        """Wait until the next message may be handled."""
        now = time.monotonic()
        self._left = min(MESSAGES_AT_ONCE, self._left + (now - self._counted) * MESSAGES_PER_SECOND) - 1
        self._counted = now
        if self._left < 0:
            await asyncio.sleep(-self._left / MESSAGES_PER_SECOND)
