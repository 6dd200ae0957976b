"""Asking the database on behalf of a request: with a time limit, through a lost connection, without piling up."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from psycopg.errors import ConnectionTimeout, QueryCanceled

from partsearch.contract.errors import database_unavailable, query_too_slow
from partsearch.database.outage import Outage, Verdict, pauses
from partsearch.database.watchdog import Watchdog
from partsearch.settings import settings

Answer = TypeVar("Answer")

_MARGIN_SECONDS = 0.3
"""How much later than PostgreSQL's own limit the watchdog acts: it is for a server that does not answer at all."""

_outage = Outage()
_probe = threading.Lock()
_watchdog = Watchdog()


def read(question: Callable[[], Answer]) -> Answer:
    """What ``question``, which only reads, gives; asked again on a new connection where the old one was lost.

    Raises:
        ProblemError: 503 where the database stays out of reach, or the question ran past its time limit.
    """
    came = time.monotonic()
    for pause in pauses():
        try:
            return _ask_if_allowed(question)
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if isinstance(error.__cause__, QueryCanceled):
                raise query_too_slow(settings().partsearch_query_seconds) from error
            if _outage.patience(came) <= pause:
                raise database_unavailable() from error
        time.sleep(pause)
    raise AssertionError("pauses() never ends")


def _ask_if_allowed(question: Callable[[], Answer]) -> Answer:
    if _outage.verdict() is Verdict.GO:
        return _ask(question)
    with _probe:
        if _outage.verdict() is Verdict.DENY:
            raise database_unavailable()
        return _ask(question)


def _ask(question: Callable[[], Answer]) -> Answer:
    seconds = settings().partsearch_query_seconds
    started = time.monotonic()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if isinstance(error.__cause__, ConnectionTimeout):
            _outage.hung()
            raise database_unavailable() from error
        _outage.failed(started)
        raise
    with _watchdog.limit(connection.connection.fileno(), seconds + _MARGIN_SECONDS):
        try:
            answer = question()
        except (OperationalError, InterfaceError) as error:
            if not isinstance(error.__cause__, QueryCanceled) and time.monotonic() - started > seconds:
                _outage.hung()
                raise query_too_slow(seconds) from error
            raise
    _outage.ended()
    return answer
