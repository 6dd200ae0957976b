"""Whether the database is out of reach, as one process knows it: whom to let wait, whom to let try, whom to turn away.

A database that restarts is back within a second or two, and a request that waits that long need not fail. One that
stays away must not gather waiting requests: they would be answered later and later. So requests wait only in the
first moments of an outage, counted from its start and not from each request's. After that one request at a time finds
out whether the database is back, and for a moment after each failure none does.
"""

import random
import threading
import time
from collections.abc import Iterator
from enum import Enum, auto

GRACE_SECONDS = 2.4
_QUIET_SECONDS = 0.5
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.25


class Verdict(Enum):
    """What a request may do."""

    GO = auto()
    """Ask the database."""
    PROBE = auto()
    """Ask it alone, while others wait to see what comes of it."""
    DENY = auto()
    """Do not ask: it has just failed."""


class Outage:
    """The state of the database, shared by all requests of a process. Times are those of ``time.monotonic()``."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._failed = 0.0
        self._lock = threading.Lock()

    def failed(self, since: float) -> None:
        """Notes that the database has not answered a request that was put at ``since``."""
        with self._lock:
            self._failed = time.monotonic()
            if self._began is None:
                self._began = since

    def hung(self) -> None:
        """Notes that the database kept a request waiting to the end of its time: there is no grace to wait out."""
        with self._lock:
            self._failed = time.monotonic()
            self._began = self._failed - GRACE_SECONDS

    def ended(self) -> None:
        """Notes that the database answered."""
        if self._began is not None:
            with self._lock:
                self._began = None

    def patience(self, since: float) -> float:
        """Seconds for which a request that came at ``since`` may still wait."""
        began = self._began
        return (since if began is None else min(since, began)) + GRACE_SECONDS - time.monotonic()

    def verdict(self) -> Verdict:
        """What a request may do now."""
        now = time.monotonic()
        if self.patience(now) > 0:
            return Verdict.GO
        return Verdict.DENY if now - self._failed < _QUIET_SECONDS else Verdict.PROBE


def pauses() -> Iterator[float]:
    """Seconds to wait before each further try: doubling, with full jitter, so that waiting requests spread out."""
    longest = _FIRST_PAUSE_SECONDS
    while True:
        yield random.uniform(0, longest)  # noqa: S311
        longest = min(longest * 2, _LONGEST_PAUSE_SECONDS)
