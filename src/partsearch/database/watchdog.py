"""A time limit for drivers that wait without one: psycopg waits for an answer for as long as the connection stands.

PostgreSQL's own statement_timeout ends a search that is slow, where no pooler is in the way of setting it. It cannot
end one whose server hangs or whose network is gone: then the watchdog cuts the connection, and the waiting thread gets
an error at once.
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

_LOOK_EVERY_SECONDS = 0.1


@dataclass(eq=False)
class _Limit:
    """One block's time limit. Its lock keeps the block from ending while it is acted on."""

    due: float
    act: Callable[[], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False

    def act_once(self) -> None:
        with self.lock:
            if self.is_over:
                return
            self.is_over = True
            try:
                self.act()
            except Exception:
                logger.exception("A search that is over its time could not be ended")


class Watchdog:
    """Acts where somebody's time is up. One thread of its own serves a whole process."""

    def __init__(self) -> None:
        self._limits: set[_Limit] = set()
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, act: Callable[[], None]) -> Iterator[None]:
        """Calls ``act``, in another thread, when the block takes longer than ``seconds``; never after the block."""
        self._ensure_thread()
        limit = _Limit(time.monotonic() + seconds, act)
        with self._lock:
            self._limits.add(limit)
        self._busy.set()
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
                    self._thread = threading.Thread(target=self._watch, name="database-watchdog", daemon=True)
                    self._thread.start()

    def _watch(self) -> None:
        while True:
            self._busy.wait()
            time.sleep(_LOOK_EVERY_SECONDS)
            for limit in self._overdue():
                limit.act_once()

    def _overdue(self) -> list[_Limit]:
        now = time.monotonic()
        with self._lock:
            if not self._limits:
                self._busy.clear()
            overdue = [limit for limit in self._limits if now > limit.due]
            self._limits.difference_update(overdue)
        return overdue


def cut(descriptor: int) -> None:
    """Ends the connection with this file descriptor, which stays the driver's to close."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)
