"""Sending the clients away before the process ends, so that they do not all come back at once."""

import asyncio
import random
from collections.abc import Callable, Collection

from partsearch.fastapi_service.live.socket import LiveSocket


class Drain:
    """Closes every socket, in random order, evenly over a time.

    Args:
        sockets: gives those that are open.
        least_seconds: how long it takes at least, be they few.
        most_per_second: how many may be closed in a second, be they many.
    """

    def __init__(
        self, sockets: Callable[[], Collection[LiveSocket]], least_seconds: float, most_per_second: float
    ) -> None:
        self._sockets = sockets
        self._least_seconds = least_seconds
        self._most_per_second = most_per_second
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins; ends by itself when nobody is left, those included who have come meanwhile."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send_all_away())

    def stop(self) -> None:
        """Lets those stay who are still there."""
        if self._task is not None:
            self._task.cancel()

    async def _send_all_away(self) -> None:
        while leaving := [socket for socket in self._sockets() if not socket.is_leaving]:
            random.shuffle(leaving)
            pause = max(self._least_seconds / len(leaving), 1 / self._most_per_second)
            for number, socket in enumerate(leaving):
                if number:
                    await asyncio.sleep(pause)
                socket.go_away()
