"""Work for a client that ends when the client leaves.

The server calls ``client_has_left`` the moment a connection is gone. What is done for that client is cancelled: its
place in the queue is given up, or its statement is cancelled in PostgreSQL. A request that nobody leaves costs an entry
in its scope; a task for each that waits for ``http.disconnect`` costs a seventh of the throughput.
"""

import asyncio
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

from starlette.requests import ClientDisconnect

_KEY = "partsearch.under_way"


class GivenUpWithClient:
    """A block that is cancelled when its client leaves, and then raises ``ClientDisconnect``.

    Args:
        scope: of the request, or of the socket.
    """

    __slots__ = ("_has_left", "_scope", "_task")

    def __init__(self, scope: MutableMapping[str, Any]) -> None:
        self._scope = scope
        self._task: asyncio.Task[Any] | None = None
        self._has_left = False

    def __enter__(self) -> None:
        """Begin the block."""
        self._task = asyncio.current_task()
        self._scope[_KEY] = self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the block."""
        del self._scope[_KEY]
        if self._has_left and self._task is not None:
            is_ours = self._task.uncancel() == 0
            if kind is asyncio.CancelledError and is_ours:
                raise ClientDisconnect from None

    def give_up(self) -> None:
        """Cancel the block, once."""
        if not self._has_left and self._task is not None:
            self._has_left = True
            self._task.cancel()


def client_has_left(scope: Mapping[str, Any]) -> None:
    """Cancel what is under way for the client of ``scope``."""
    under_way: GivenUpWithClient | None = scope.get(_KEY)
    if under_way is not None:
        under_way.give_up()
