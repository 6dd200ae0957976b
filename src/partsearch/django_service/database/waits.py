"""Counts the threads of this process that wait for a database that sleeps, restarts, is away or is silent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from partsearch.database.circuit_breaker import REPLICA_SILENCE_SECONDS


class DatabaseWaits:
    """A count of waiting threads. While it is not zero, time in the request queue does not count.

    A thread with a search at the replica waits if the replica has begun and ended no search of this process for
    ``REPLICA_SILENCE_SECONDS``. The primary answers that search and those in the queue when the thread gives up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._at_replica = 0
        self._replica_changed = 0.0

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

    @contextmanager
    def at_replica(self) -> Iterator[None]:
        """Count this thread as waiting from the moment in the block when the replica has become silent."""
        self._change_at_replica(1)
        try:
            yield
        finally:
            self._change_at_replica(-1)

    def __bool__(self) -> bool:
        """Return whether any thread waits."""
        return self._number > 0 or (
            self._at_replica > 0 and time.monotonic() - self._replica_changed > REPLICA_SILENCE_SECONDS
        )

    def _change_at_replica(self, number: int) -> None:
        with self._lock:
            self._at_replica += number
            self._replica_changed = time.monotonic()


database_waits = DatabaseWaits()
"""The count of this process."""
