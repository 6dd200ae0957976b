"""The client of a request: whether it has disconnected, and how its statement is cancelled then."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RequestCancelledError(BaseException):
    """The client of a request has disconnected, so the work for it ends.

    It derives from ``BaseException``, as ``asyncio.CancelledError`` does: no code in between handles it as an error.
    """


class Client:
    """The client of one request.

    The thread of the request registers the statement that runs, and other threads cancel it. The lock keeps the thread
    from starting its next request while a cancel request is on its way to PostgreSQL.
    """

    __slots__ = ("_cancel", "_lock", "has_disconnected")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self.has_disconnected = False

    def raise_if_disconnected(self) -> None:
        """Raise ``RequestCancelledError`` if the client has disconnected."""
        if self.has_disconnected:
            raise RequestCancelledError

    @contextmanager
    def running_statement(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Register the statement that the block runs.

        Args:
            cancel: cancels the statement, and does nothing if none runs.

        Raises:
            RequestCancelledError: the client had disconnected before the block.
        """
        with self._lock:
            self.raise_if_disconnected()
            self._cancel = cancel
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None

    def cancel_statement(self) -> None:
        """Cancel the registered statement, if there is one.

        A cancel request that reaches the server before the statement does nothing, so the caller repeats it until the
        request has ended.
        """
        with self._lock:
            if self._cancel is not None:
                self._cancel()


class _Current(threading.local):
    """The client of this thread. Outside of a request it is one that never disconnects."""

    client = Client()


_current = _Current()


def current_client() -> Client:
    """Return the client of the request that this thread answers."""
    return _current.client


@contextmanager
def answering(client: Client) -> Iterator[None]:
    """Make ``client`` the current client of this thread during the block."""
    _current.client = client
    try:
        yield
    finally:
        del _current.client
