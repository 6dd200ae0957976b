"""How much of the live socket one client may have."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address

from partsearch.contract.errors import ProblemError

MESSAGES_PER_SECOND = 5
MESSAGES_AT_ONCE = 20


class SocketsPerAddress:
    """Counts the sockets of each client address.

    The machine's own addresses are not limited: behind them stands a tool of whoever runs the site, or a proxy that
    hides the addresses of its clients, who are not to share one limit.

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
        if self._open[address] >= self._most and not _is_own(address):
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"This address has {self._most} live searches open, and may have no more.",
                headers={"Retry-After": "30"},
            )
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]


def _is_own(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


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
