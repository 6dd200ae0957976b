"""What Django and its views log: one line with time, level and request, and no flood of lines that clients cause."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from django.http import HttpRequest

from partsearch.system.log_config import LogFormat, log_configuration

_SECURITY = "django.security"
_LINES_A_MINUTE = 10
_MINUTE_SECONDS = 60.0
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """What a log line says of its request: of the query string the names, since its values may be secrets."""

    request_id: str
    method: str
    path: str
    query: str

    @classmethod
    def of(cls, request: HttpRequest, request_id: str) -> Self:
        """Return the facts of ``request``."""
        return cls(request_id, request.method or "", request.path, request.META.get("QUERY_STRING", ""))

    def fields(self) -> dict[str, str]:
        """Return what a log line has of the request as ``key=value``."""
        fields = {"request_id": self.request_id, "method": self.method, "path": self.path}
        names = ",".join(piece.partition("=")[0] for piece in self.query.split("&") if piece)
        return {name: text[:_SHOWN_CHARACTERS] for name, text in (fields | ({"query": names} if names else {})).items()}


_current: ContextVar[KnownRequest | None] = ContextVar("logged_request", default=None)


@contextmanager
def logged_request(request: KnownRequest) -> Iterator[None]:
    """Name ``request`` in everything that this thread logs within the block."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


class RequestFilter(logging.Filter):
    """Adds what is known of the request that is being answered to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record passes."""
        request = _current.get()
        if request:
            vars(record).update(request.fields())
        return True


class RefusalFilter(logging.Filter):
    """Keeps what clients and an absent database cause from filling the log.

    Each of these is a line without traceback, a warning, and of its kind there are at most ten a minute in a process:
    what Django refuses as suspicious, and 503, whose cause the circuit breaker logs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._minutes: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether ``record`` is logged."""
        status = getattr(record, "status_code", None)
        if not (record.name.startswith(_SECURITY) or status == HTTPStatus.SERVICE_UNAVAILABLE):
            return True
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        left_out = self._left_out(record.name)
        more = f" ({left_out} more of this kind were not logged)" if left_out else ""
        record.msg, record.args = record.getMessage().encode("unicode_escape").decode("ascii") + more, ()
        return left_out is not None

    def _left_out(self, kind: str) -> int | None:
        """Return how many lines of ``kind`` were left out before this one; ``None`` where it is left out too."""
        now = time.monotonic()
        with self._lock:
            began, lines = self._minutes.get(kind, (now, 0))
            if now - began < _MINUTE_SECONDS:
                self._minutes[kind] = (began, lines + 1)
                return 0 if lines < _LINES_A_MINUTE else None
            self._minutes[kind] = (now, 1)
            return max(0, lines - _LINES_A_MINUTE)


def logging_configuration(log_format: str) -> dict[str, Any]:
    """Return Django's setting LOGGING: warnings and errors to stderr, which the supervisor keeps as a log file."""
    return log_configuration(
        LogFormat(log_format),
        filters={"refusals": RefusalFilter, "request": RequestFilter},
        loggers={
            # Without Django's own handlers.
            "django": {"handlers": [], "level": "WARNING"},
            # Below are 4xx: errors of clients, which get them as answers.
            "django.request": {"level": "ERROR"},
        },
    )
