"""Whether the database is out of reach, as one process knows it: whom to let wait, whom to let try, whom to turn away.

A database that restarts is back within a second or two, and a request that waits that long need not fail. One that
stays away must not gather waiting requests: they would be answered later and later. So requests wait only in the
first moments of an outage, counted from its start and not from each request's. After that one request at a time finds
out whether the database is back, and for a moment after each failure none does.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator
from enum import Enum, auto

from partsearch.database.address import DatabaseAddress

logger = logging.getLogger(__name__)

_TOLD = "The database is out of reach."

_QUIET_SECONDS = 0.5
_QUIET_REPLICA_SECONDS = 10
_SECONDS_TO_CONNECT_TO_REPLICA = 1.0
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
    """The state of the database, shared by all requests of a process. Times are those of ``time.monotonic()``.

    Args:
        grace_seconds: how long requests wait for a database that is lost; 0 for one that another stands in for.
        quiet_seconds: how long nobody asks after each failure past that.
        name: what the log calls the database.
    """

    def __init__(self, grace_seconds: float, quiet_seconds: float = _QUIET_SECONDS, name: str = "The database") -> None:
        self._name = name
        self._grace_seconds = grace_seconds
        self._quiet_seconds = quiet_seconds
        self._began: float | None = None
        self._failed = 0.0
        self._lock = threading.Lock()
        self.told = _TOLD
        """Why the database is not asked, for strangers."""

    def failed(self, since: float, reason: str) -> None:
        """Notes that the database has not answered a request that was put at ``since``, and why, for the log."""
        with self._lock:
            self._failed = time.monotonic()
            if self._began is None:
                self._began = since
                logger.warning("%s is lost: %s", self._name, reason)

    def hung(self, reason: str, told: str = _TOLD) -> None:
        """Notes that the database kept a request waiting to the end of its time, or refused it: no grace is left.

        Args:
            reason: why, for the log.
            told: why, for strangers.
        """
        with self._lock:
            self.told = told
            self._failed = time.monotonic()
            if self._began is None:
                logger.warning("%s is lost: %s", self._name, reason)
            self._began = self._failed - self._grace_seconds

    def lasts(self) -> float | None:
        """For how many seconds the database has been lost; ``None`` where it answered when last asked."""
        began = self._began
        return None if began is None else time.monotonic() - began

    def ended(self) -> None:
        """Notes that the database answered."""
        if self._began is not None:
            with self._lock:
                self._began = None
                self.told = _TOLD
            logger.warning("%s answers again.", self._name)

    def patience(self, since: float) -> float:
        """Seconds for which a request that came at ``since`` may still wait."""
        began = self._began
        return (since if began is None else min(since, began)) + self._grace_seconds - time.monotonic()

    def seconds_to_connect(self, since: float) -> float:
        """Seconds that a connection for a request that came at ``since`` may take: all of the grace for a probe."""
        patience = self.patience(since)
        return patience if patience > 0 else self._grace_seconds or _SECONDS_TO_CONNECT_TO_REPLICA

    def verdict(self) -> Verdict:
        """What a request may do now."""
        now = time.monotonic()
        if self._began is None or self.patience(now) > 0:
            return Verdict.GO
        return Verdict.DENY if now - self._failed < self._quiet_seconds else Verdict.PROBE


def of_primary(address: DatabaseAddress) -> Outage:
    """The state of a database that nobody stands in for: requests wait for it, for longer if it has to wake."""
    return Outage(address.patience_seconds)


def of_replica() -> Outage:
    """The state of a replica: the primary stands in for it at once, and it is left alone for a while."""
    return Outage(0, _QUIET_REPLICA_SECONDS, "The read replica")


def pauses() -> Iterator[float]:
    """Seconds to wait before each further try: doubling, with full jitter, so that waiting requests spread out."""
    longest = _FIRST_PAUSE_SECONDS
    while True:
        yield random.uniform(0, longest)  # noqa: S311
        longest = min(longest * 2, _LONGEST_PAUSE_SECONDS)
