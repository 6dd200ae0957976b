"""A time limit for drivers that have none: psycopg waits for an answer as long as the connection exists.

PostgreSQL's own statement_timeout ends a slow search, unless a pooler prevents it from being set. It does not help if
the server hangs or the network is down: then the watchdog shuts the connection down, and the waiting thread gets an
error at once.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 0.1


@dataclass(eq=False)
class _Limit:
    """The time limit of one block. Its lock keeps the block from ending during the action."""

    deadline: float
    action: Callable[[], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    def run_once(self) -> None:
        with self.lock:
            if self.is_over:
                return
            self.is_over = True
            try:
                self.action()
            except Exception:
                logger.exception("A search over its time limit could not be ended")


class Watchdog:
    """Runs an action when the time limit of a block has passed. One thread serves a whole process."""

    def __init__(self) -> None:
        self._limits: set[_Limit] = set()
        self._lock = threading.Lock()
        self._has_limits = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, action: Callable[[], None]) -> Iterator[None]:
        """Call ``action``, in another thread, if the block takes longer than ``seconds``; never after the block."""
        self._ensure_thread()
        limit = _Limit(time.monotonic() + seconds, action)
        with self._lock:
            self._limits.add(limit)
        self._has_limits.set()
        try:
            yield
        finally:
            with self._lock:
                self._limits.discard(limit)
            with limit.lock:
                limit.is_over = True

    def _ensure_thread(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="database-watchdog", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            self._has_limits.wait()
            time.sleep(_CHECK_SECONDS)
            for limit in self._overdue():
                limit.run_once()

    def _overdue(self) -> list[_Limit]:
        now = time.monotonic()
        with self._lock:
            if not self._limits:
                self._has_limits.clear()
            overdue = [limit for limit in self._limits if now > limit.deadline]
            self._limits.difference_update(overdue)
        return overdue


def shut_down(descriptor: int) -> None:
    """Shut down the connection of a file descriptor; the driver still has to close the descriptor."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)
