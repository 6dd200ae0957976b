"""The client that waits for the answer of a request: whether it has left, and how its statement is then cancelled."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RequestCancelledError(BaseException):
    """The client of a request has left, so its work ends here.

    It derives from ``BaseException``, as ``asyncio.CancelledError`` does: no code between takes it for a fault.
    """


class Client:
    """The client of one request.

    The thread of the request says which statement runs; other threads cancel it. The lock keeps the thread from going
    on to its next request while a cancellation is on its way to PostgreSQL.
    """

    __slots__ = ("_cancel", "_lock", "has_left")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self.has_left = False

    def raise_if_left(self) -> None:
        """Raise ``RequestCancelledError`` if the client has left."""
        if self.has_left:
            raise RequestCancelledError

    @contextmanager
    def asking(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Mark the block as one that asks the database.

        Args:
            cancel: cancels the statement that runs; harmless while none does.

        Raises:
            RequestCancelledError: the client has left before the block.
        """
        with self._lock:
            self.raise_if_left()
            self._cancel = cancel
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None

    def cancel_statement(self) -> None:
        """Cancel what the database is asked for this client, if it is asked now.

        A cancellation that reaches the server before the statement does nothing, so it is repeated until the request
        has ended.
        """
        with self._lock:
            if self._cancel is not None:
                self._cancel()


class _Current(threading.local):
    """The client of this thread. Outside of a request nobody leaves."""

    client = Client()


_current = _Current()


def current_client() -> Client:
    """Return the client of the request that this thread answers."""
    return _current.client


@contextmanager
def serving(client: Client) -> Iterator[None]:
    """Make ``client`` the one that this thread answers, for the block."""
    _current.client = client
    try:
        yield
    finally:
        del _current.client
