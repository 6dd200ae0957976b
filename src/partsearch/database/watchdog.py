"""A time limit for drivers that wait without one: psycopg waits for an answer for as long as the connection stands.

PostgreSQL's own statement_timeout ends a search that is slow. It cannot end one whose server hangs or whose network
is gone: then the watchdog cuts the connection, and the waiting thread gets an error at once.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_EVERY_SECONDS = 0.1


class Watchdog:
    """Cuts connections whose time is up. One thread of its own serves a whole process."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, descriptor: int, seconds: float) -> Iterator[None]:
        """Cuts the connection with this file descriptor when the block takes longer than ``seconds``."""
        self._ensure_thread()
        key = threading.get_ident()
        with self._lock:
            self._watched[key] = (time.monotonic() + seconds, descriptor)
        self._busy.set()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(key, None)

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
            with self._lock:
                if not self._watched:
                    self._busy.clear()
                self._cut_overdue()

    def _cut_overdue(self) -> None:
        now = time.monotonic()
        for key, (due, descriptor) in list(self._watched.items()):
            if now > due:
                del self._watched[key]
                _cut(descriptor)


def _cut(descriptor: int) -> None:
    """Ends the connection under its user's hands; the descriptor itself stays the driver's to close."""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)
