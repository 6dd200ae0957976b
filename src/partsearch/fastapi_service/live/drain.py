"""The drain of live search: closes the sockets over a time, so that the clients do not all reconnect at once."""

import asyncio
import random
from collections.abc import Callable, Collection

from partsearch.fastapi_service.live.socket import LiveSocket


class Drain:
    """Closes every socket in random order, evenly over a time.

    Args:
        sockets: returns the open sockets.
        least_seconds: the shortest duration, for few sockets.
        most_per_second: the most sockets that it closes in a second, for many.
    """

    def __init__(
        self, sockets: Callable[[], Collection[LiveSocket]], least_seconds: float, most_per_second: float
    ) -> None:
        self._sockets = sockets
        self._least_seconds = least_seconds
        self._most_per_second = most_per_second
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the drain. It ends when no socket is left, new ones included."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._close_all())

    def stop(self) -> None:
        """Stop the drain. The sockets that are left stay open."""
        if self._task is not None:
            self._task.cancel()

    async def _close_all(self) -> None:
        while remaining := [socket for socket in self._sockets() if not socket.is_closing]:
            random.shuffle(remaining)
            pause = max(self._least_seconds / len(remaining), 1 / self._most_per_second)
            for number, socket in enumerate(remaining):
                if number:
                    await asyncio.sleep(pause)
                socket.go_away()
