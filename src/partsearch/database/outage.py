"""Whether the database is out of reach, as one process knows it: whom to let wait, whom to let try, whom to turn away.

A database that restarts is back within a second or two, and a request that waits that long need not fail. One that
stays away must not gather waiting requests: they would be answered later and later. So requests wait only in the
first moments of an outage, counted from its start and not from each request's; after that, one at a time tries.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 2.0
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.25


class Outage:
    """The state of the database, shared by all requests of a process."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._lock = threading.Lock()
        self._probe = threading.Lock()

    def began(self) -> None:
        """Notes that a connection could not be had."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()

    def ended(self) -> None:
        """Notes that the database answered."""
        if self._began is not None:
            with self._lock:
                self._began = None

    def patience(self, since: float) -> float:
        """Seconds for which a request that came at ``since``, in ``time.monotonic()``, may still wait."""
        began = self._began
        return (since if began is None else min(since, began)) + GRACE_SECONDS - time.monotonic()

    @contextmanager
    def admission(self) -> Iterator[bool]:
        """Whether this request may try the database: any may, except that in a long outage only one at a time does."""
        if self.patience(time.monotonic()) > 0:
            yield True
            return
        admitted = self._probe.acquire(blocking=False)
        try:
            yield admitted
        finally:
            if admitted:
                self._probe.release()


def pauses() -> Iterator[float]:
    """Seconds to wait before each further try: doubling, with full jitter, so that waiting requests spread out."""
    longest = _FIRST_PAUSE_SECONDS
    while True:
        yield random.uniform(0, longest)  # noqa: S311
        longest = min(longest * 2, _LONGEST_PAUSE_SECONDS)
