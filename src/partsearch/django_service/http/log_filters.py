"""The log filters of the Django service: they add the request to each line and limit lines that clients cause."""

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
class LoggedRequest:
    """The fields that a log line has of its request. Of the query string it has the names: values may be secrets."""

    request_id: str
    method: str
    path: str
    query: str

    @classmethod
    def of(cls, request: HttpRequest, request_id: str) -> Self:
        """Return the fields of ``request``."""
        return cls(request_id, request.method or "", request.path, request.META.get("QUERY_STRING", ""))

    def fields(self) -> dict[str, str]:
        """Return the ``key=value`` pairs of a log line."""
        fields = {"request_id": self.request_id, "method": self.method, "path": self.path}
        names = ",".join(piece.partition("=")[0] for piece in self.query.split("&") if piece)
        return {name: text[:_SHOWN_CHARACTERS] for name, text in (fields | ({"query": names} if names else {})).items()}


_current: ContextVar[LoggedRequest | None] = ContextVar("logged_request", default=None)


@contextmanager
def logging_request(request: LoggedRequest) -> Iterator[None]:
    """Add ``request`` to every line that this thread logs during the block."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


class RequestFilter(logging.Filter):
    """Adds the fields of the current request to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record passes."""
        request = _current.get()
        if request:
            vars(record).update(request.fields())
        return True


class RateLimitFilter(logging.Filter):
    """Limits the lines that clients or an unavailable database cause.

    It applies to requests that Django rejects as suspicious, and to 503, whose cause the circuit breaker logs. Each
    becomes a warning without a traceback. A process logs at most ten a minute of each kind.
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
        dropped = self._dropped(record.name)
        more = f" ({dropped} more of this kind were not logged)" if dropped else ""
        record.msg, record.args = record.getMessage().encode("unicode_escape").decode("ascii") + more, ()
        return dropped is not None

    def _dropped(self, kind: str) -> int | None:
        """Return how many lines of ``kind`` were dropped before this one, or None if this one is dropped too."""
        now = time.monotonic()
        with self._lock:
            began, lines = self._minutes.get(kind, (now, 0))
            if now - began < _MINUTE_SECONDS:
                self._minutes[kind] = (began, lines + 1)
                return 0 if lines < _LINES_A_MINUTE else None
            self._minutes[kind] = (now, 1)
            return max(0, lines - _LINES_A_MINUTE)


def logging_configuration(log_format: str) -> dict[str, Any]:
    """Return Django's setting LOGGING: warnings and errors go to stderr, which the supervisor writes to a log file."""
    return log_configuration(
        LogFormat(log_format),
        filters={"rate_limit": RateLimitFilter, "request": RequestFilter},
        loggers={
            # No handlers of Django's own.
            "django": {"handlers": [], "level": "WARNING"},
            # A 4xx is a warning: an error of the client.
            "django.request": {"level": "ERROR"},
        },
    )
