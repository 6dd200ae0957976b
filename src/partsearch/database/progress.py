"""Whether a process completes searches: its ``/healthz`` answers 503 if it is alive but completes none."""

import threading
import time

from partsearch.contract.errors import DatabaseUnavailableError

_STUCK_SECONDS = 5.0


class SearchProgress:
    """Whether the searches of this process were answered, or rejected by a full queue.

    A process whose queue rejects every search for a while, and that answers none, is alive but does not serve.
    Requests that are no searches, searches whose client disconnected, and searches that failed because the database
    is unavailable count as neither. No query is sent, so a suspended database stays suspended.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rejecting_since: float | None = None
        self._rejected_at = 0.0

    def record_answer(self) -> None:
        """Record that a search was answered."""
        if self._rejecting_since is not None:
            with self._lock:
                self._rejecting_since = None

    def record_rejection(self) -> None:
        """Record that the full queue rejected a search."""
        with self._lock:
            self._rejected_at = time.monotonic()
            if self._rejecting_since is None:
                self._rejecting_since = self._rejected_at

    def require_progress(self) -> None:
        """Raise 503 if clients send searches and none has been answered for a while.

        Raises:
            DatabaseUnavailableError: no search gets through.
        """
        since, now = self._rejecting_since, time.monotonic()
        if since is None or now - since < _STUCK_SECONDS or now - self._rejected_at > _STUCK_SECONDS:
            return
        raise DatabaseUnavailableError(f"No search has succeeded for {now - since:.0f} s.")


search_progress = SearchProgress()
"""The progress of this process."""
