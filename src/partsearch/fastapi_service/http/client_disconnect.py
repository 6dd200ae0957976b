"""Cancels the work for a client when the client disconnects.

The server calls ``cancel_for`` as soon as a connection is gone. The search of the client then leaves the queue, or its
statement is cancelled in PostgreSQL. For a request whose client stays this costs one entry in the scope. A task for
each request that waits for ``http.disconnect`` would cost a seventh of the throughput.
"""

import asyncio
from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any

from starlette.requests import ClientDisconnect

_KEY = "partsearch.cancellable"
_ABORT_KEY = "partsearch.abort"


class CancelledOnDisconnect:
    """A block that is cancelled when its client disconnects, and then raises ``ClientDisconnect``.

    Args:
        scope: the ASGI scope of the request or the socket.
    """

    __slots__ = ("_is_cancelled", "_scope", "_task")

    def __init__(self, scope: MutableMapping[str, Any]) -> None:
        self._scope = scope
        self._task: asyncio.Task[Any] | None = None
        self._is_cancelled = False

    def __enter__(self) -> None:
        """Start the block."""
        self._task = asyncio.current_task()
        self._scope[_KEY] = self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the block."""
        del self._scope[_KEY]
        if self._is_cancelled and self._task is not None:
            is_ours = self._task.uncancel() == 0
            if kind is asyncio.CancelledError and is_ours:
                raise ClientDisconnect from None

    def cancel(self) -> None:
        """Cancel the block, once."""
        if not self._is_cancelled and self._task is not None:
            self._is_cancelled = True
            self._task.cancel()


def cancel_for(scope: Mapping[str, Any]) -> None:
    """Cancel the block that runs for the client of ``scope``, if there is one."""
    block: CancelledOnDisconnect | None = scope.get(_KEY)
    if block is not None:
        block.cancel()


def offer_abort(scope: Any, abort: Callable[[], None]) -> None:
    """Keep for ``abort_connection`` how the server closes the connection of ``scope``."""
    scope[_ABORT_KEY] = abort


def abort_connection(scope: Mapping[str, Any]) -> None:
    """Close the connection in the middle of a response, so that the client knows the response to be incomplete."""
    abort: Callable[[], None] | None = scope.get(_ABORT_KEY)
    if abort is not None:
        abort()
