"""How much of the process one client of live search may have."""

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
"""Of every kind: pings, pongs and pieces of messages too."""

_SHORT_HEAD = 2
_LENGTH_BYTES = {126: 2, 127: 8}
_MASK_BYTES = 4


class SocketsPerAddress:
    """Counts the sockets of each client address: of an IPv4 address, or of a /64 of IPv6. Some have no limit.

    Args:
        most: how many sockets one address may have open with this process.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, address: str) -> Iterator[None]:
        """Counts a socket for the time of the block.

        Raises:
            ProblemError: 429, where the address has as many as it may have.
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
    """Counts the frames of one client, from their heads alone: what is in them, and whether it is right, costs more."""

    def __init__(self) -> None:
        self._left = FRAMES_PER_SECOND
        self._counted = time.monotonic()
        self._body_left = 0
        self._head = b""

    def admits(self, data: bytes) -> bool:
        """Count the frames that begin in ``data``, the next bytes from the client; whether they are not too many."""
        now = time.monotonic()
        if now - self._counted >= 1:
            self._left, self._counted = FRAMES_PER_SECOND, now
        data, self._head = (self._head + data if self._head else data), b""
        place = self._body_left
        while place < len(data):
            size = _frame_size(data, place)
            if size is None:
                self._head, place = data[place:], len(data)
                break
            self._left -= 1
            if self._left < 0:
                return False
            place += size
        self._body_left = place - len(data)
        return True


def _frame_size(data: bytes, place: int) -> int | None:
    """Return the bytes of the frame that begins at ``place``; None where too little of its head is there to tell."""
    if len(data) < place + _SHORT_HEAD:
        return None
    mask_and_length = data[place + 1]
    length, head = mask_and_length & 0x7F, _SHORT_HEAD
    if length in _LENGTH_BYTES:
        head += _LENGTH_BYTES[length]
        if len(data) < place + head:
            return None
        length = int.from_bytes(data[place + _SHORT_HEAD : place + head])
    return head + (_MASK_BYTES if mask_and_length & 0x80 else 0) + length


class MessageRate:
    """Slows a client down that sends message after message: what it sends meanwhile waits on its side."""

    def __init__(self) -> None:
        self._left = float(MESSAGES_AT_ONCE)
        self._counted = time.monotonic()

    async def wait(self) -> None:
        """Returns when the next message may be looked at."""
        now = time.monotonic()
        self._left = min(MESSAGES_AT_ONCE, self._left + (now - self._counted) * MESSAGES_PER_SECOND) - 1
        self._counted = now
        if self._left < 0:
            await asyncio.sleep(-self._left / MESSAGES_PER_SECOND)
