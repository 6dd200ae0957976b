"""When the dictionary of a process is refreshed."""

import time
from collections.abc import Callable
from enum import Enum, auto

OLD_SECONDS = 2.0
"""A dictionary that is older is refreshed beside the search."""
TOO_OLD_SECONDS = 10.0
"""One that is older is refreshed before it."""
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 30.0


class Refresh(Enum):
    """When a refresh is due."""

    NOT_NOW = auto()
    IN_BACKGROUND = auto()
    BEFORE_SEARCH = auto()


class RefreshRule:
    """Says at a search when the dictionary is refreshed.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_at: float | None = None
        self._next_attempt = float("-inf")
        self._retry_seconds = FIRST_RETRY_SECONDS

    def due(self) -> Refresh:
        """Return when the next refresh is due. After a failure of a refresh no search waits for the next attempt."""
        if self._read_at is None:
            return Refresh.BEFORE_SEARCH
        now = self._clock()
        if now < self._next_attempt or now - self._read_at <= OLD_SECONDS:
            return Refresh.NOT_NOW
        has_failed = self._next_attempt != float("-inf")
        is_too_old = now - self._read_at > TOO_OLD_SECONDS
        return Refresh.BEFORE_SEARCH if is_too_old and not has_failed else Refresh.IN_BACKGROUND

    def note_success(self, started: float) -> None:
        """Note that what the database had at this time is known."""
        self._read_at, self._next_attempt = started, float("-inf")
        self._retry_seconds = FIRST_RETRY_SECONDS

    def note_failure(self) -> None:
        """Note that the database could not be read."""
        self._next_attempt = self._clock() + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)

    def now(self) -> float:
        """Return the seconds of the clock."""
        return self._clock()
