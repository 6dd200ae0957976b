"""A circuit breaker for the database, one per process: a request waits, tries or fails at once.

A database that restarts answers again within a second or two, and a request that waits that long need not fail. A
database that stays away must not collect waiting requests, which would be answered later and later. So requests wait
only in the grace period after the first failure; the period is counted from that failure, not from each request's
arrival. After it the breaker is open: requests fail at once, and from time to time one request probes the database.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator
from enum import Enum, auto

from partsearch.database.address import DatabaseAddress

logger = logging.getLogger(__name__)

_UNAVAILABLE = "The database is out of reach."

_OPEN_SECONDS = 0.5
_OPEN_REPLICA_SECONDS = 10
_REPLICA_CONNECT_SECONDS = 1.0

REPLICA_SILENCE_SECONDS = 0.5
"""After this time without the end of a search the searches behind it wait for the replica itself, not in the queue."""

_FIRST_DELAY_SECONDS = 0.02
_LONGEST_DELAY_SECONDS = 0.25


class CircuitState(Enum):
    """The states of a circuit breaker, as Nygard's "Release It!" names them."""

    CLOSED = auto()
    """Requests ask the database. The breaker is also closed in the grace period after the first failure."""
    HALF_OPEN = auto()
    """One request probes the database, while the others wait for its result."""
    OPEN = auto()
    """Requests fail at once: the database has just failed."""


class CircuitBreaker:
    """The availability of one database, shared by all requests of a process. Times are ``time.monotonic()``.

    Args:
        grace_seconds: how long requests wait for a database that fails; 0 for one that has a substitute.
        open_seconds: how long the breaker stays open after each failure that follows the grace period.
        name: what the log calls the database.
    """

    def __init__(self, grace_seconds: float, open_seconds: float = _OPEN_SECONDS, name: str = "The database") -> None:
        self._name = name
        self._grace_seconds = grace_seconds
        self._open_seconds = open_seconds
        self._unavailable_since: float | None = None
        self._failed_at = 0.0
        self._lock = threading.Lock()
        self.detail = _UNAVAILABLE
        """Why requests fail, for the client: it names nothing internal."""

    def record_failure(self, since: float, reason: str) -> None:
        """Record that the database did not answer a request sent at ``since``; ``reason`` is for the log."""
        with self._lock:
            self._failed_at = time.monotonic()
            if self._unavailable_since is None:
                self._unavailable_since = since
                logger.warning("%s is unavailable", self._name, extra={"reason": reason})

    def trip(self, reason: str, detail: str = _UNAVAILABLE) -> None:
        """Open the breaker without a grace period: the database let a request time out, or refused it.

        Args:
            reason: the cause, for the log.
            detail: the cause, for the client.
        """
        with self._lock:
            self.detail = detail
            self._failed_at = time.monotonic()
            if self._unavailable_since is None:
                logger.warning("%s is unavailable", self._name, extra={"reason": reason})
            self._unavailable_since = self._failed_at - self._grace_seconds

    def record_success(self) -> None:
        """Record that the database answered, which closes the breaker."""
        if self._unavailable_since is not None:
            with self._lock:
                self._unavailable_since = None
                self.detail = _UNAVAILABLE
            logger.warning("%s is available again", self._name)

    def seconds_unavailable(self) -> float | None:
        """Return for how long the database has been failing; ``None`` if it answered the last request."""
        since = self._unavailable_since
        return None if since is None else time.monotonic() - since

    def remaining_grace(self, arrived: float) -> float:
        """Return the seconds that a request which arrived at ``arrived`` may still wait."""
        since = self._unavailable_since
        return (arrived if since is None else min(arrived, since)) + self._grace_seconds - time.monotonic()

    def seconds_to_connect(self, arrived: float) -> float:
        """Return the time limit of a connection for a request; a probe gets the whole grace period."""
        grace = self.remaining_grace(arrived)
        return grace if grace > 0 else self._grace_seconds or _REPLICA_CONNECT_SECONDS

    def state(self) -> CircuitState:
        """Return the state that decides what a request does now."""
        now = time.monotonic()
        if self._unavailable_since is None or self.remaining_grace(now) > 0:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now - self._failed_at < self._open_seconds else CircuitState.HALF_OPEN


def breaker_for_primary(address: DatabaseAddress) -> CircuitBreaker:
    """Return the breaker of a database without a substitute: requests wait for it, longer if it has to wake."""
    return CircuitBreaker(address.grace_seconds)


def breaker_for_replica() -> CircuitBreaker:
    """Return the breaker of a read replica: the primary takes its requests at once, for ten seconds."""
    return CircuitBreaker(0, _OPEN_REPLICA_SECONDS, "The read replica")


def backoff() -> Iterator[float]:
    """Yield the seconds before each further attempt: they double, with full jitter to spread the requests."""
    longest = _FIRST_DELAY_SECONDS
    while True:
        yield random.uniform(0, longest)  # noqa: S311
        longest = min(longest * 2, _LONGEST_DELAY_SECONDS)
