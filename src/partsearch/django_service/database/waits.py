"""Counts the threads of this process that wait for a database that sleeps, restarts or is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class DatabaseWaits:
    """A count of waiting threads. While it is not zero, time in the request queue does not count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count this thread as waiting during the block."""
        with self._lock:
            self._number += 1
        try:
            yield
        finally:
            with self._lock:
                self._number -= 1

    def __bool__(self) -> bool:
        """Return whether any thread waits."""
        return self._number > 0


database_waits = DatabaseWaits()
"""The count of this process."""
