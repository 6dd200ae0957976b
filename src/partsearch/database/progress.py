"""Whether searches get through a process: what its /healthz says beyond "the process is alive"."""

import threading
import time

_STUCK_SECONDS = 5.0


class SearchProgress:
    """The searches that ended in this process, counted by whether they got through.

    A process whose queue refuses search after search, and that has answered none for a while, lives and does not serve.
    A search that was not asked for, whose client has left, or that failed because the database is away counts as
    neither. Asking nobody is what keeps a database that sleeps asleep.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused_since: float | None = None
        self._refused_last = 0.0

    def answered(self) -> None:
        """Note that a search got through."""
        if self._refused_since is not None:
            with self._lock:
                self._refused_since = None

    def refused(self) -> None:
        """Note that a search was turned away because the queue was too long."""
        with self._lock:
            self._refused_last = time.monotonic()
            if self._refused_since is None:
                self._refused_since = self._refused_last

    def fault(self) -> str | None:
        """Return why no search gets through, for people; None where they do, or where nobody searches."""
        since, now = self._refused_since, time.monotonic()
        if since is None or now - since < _STUCK_SECONDS or now - self._refused_last > _STUCK_SECONDS:
            return None
        return f"No search has got through for {now - since:.0f} s."


search_progress = SearchProgress()
"""That of this process."""
