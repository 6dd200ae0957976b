"""Asking the database on behalf of a request: with a time limit, through a lost connection, without piling up."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from functools import cache, partial
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connections
from psycopg.errors import ConnectionTimeout

from partsearch.contract.errors import DatabaseUnavailableError, query_too_slow
from partsearch.database.address import DatabaseAddress
from partsearch.database.circuit_breaker import CircuitBreaker, State, backoff, breaker_for_primary, breaker_for_replica
from partsearch.database.configured import database_address, replica_database_address
from partsearch.database.driver_errors import Fault, fault_of, first_line, reason
from partsearch.database.readiness import Readiness
from partsearch.database.watchdog import Watchdog, cut
from partsearch.django_service.client import current_client
from partsearch.django_service.routing import REPLICA, reading_from
from partsearch.django_service.waits import database_waits
from partsearch.settings import settings

Answer = TypeVar("Answer")

_MARGIN_SECONDS = 0.3
"""How much later than the search's own limit the connection is cut: for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0

_watchdog = Watchdog()


def read(question: Callable[[], Answer]) -> Answer:
    """What ``question``, which only reads, gives; asked again on a new connection where the old one was lost.

    Raises:
        ProblemError: 503 where the database stays out of reach, or the question ran past its time limit.
        RequestCancelledError: the client of the request has left; then nobody is asked any more.
    """
    replica = _replica()
    if replica is not None:
        try:
            return replica.read(question)
        except (DatabaseUnavailableError, DatabaseError, InterfaceError):
            pass  # The primary answers instead: the replica is gone, which is in its log, or behind on a migration.
    return primary().read(question)


@cache
def primary() -> "Reader":
    """The reader of the database that everything is written to."""
    address = database_address()
    return Reader("default", address, breaker_for_primary(address))


@cache
def _replica() -> "Reader | None":
    address = replica_database_address()
    return Reader(REPLICA, address, breaker_for_replica()) if address and REPLICA in connections else None


class Reader:
    """Asks one database; what it knows of it is shared by all threads of the process."""

    def __init__(self, alias: str, address: DatabaseAddress, breaker: CircuitBreaker) -> None:
        self._alias = alias
        self._is_pooled = address.is_pooled
        self._breaker = breaker
        self._probe = threading.Lock()
        self.readiness = Readiness(sleeps=address.sleeps, breaker=breaker)

    def read(self, question: Callable[[], Answer]) -> Answer:
        """As ``read`` of this module, of this one database."""
        came = time.monotonic()
        for pause in backoff():
            try:
                with reading_from(self._alias):
                    return self._ask_if_allowed(question, came)
            except (DatabaseError, InterfaceError) as error:
                self._connection.close()
                cause = error.__cause__ or error
                fault = fault_of(cause)
                if fault is None:
                    raise
                if fault is Fault.REFUSED or self._breaker.remaining_grace(came) <= pause:
                    raise DatabaseUnavailableError(reason(cause)) from error
            current_client().raise_if_left()
            with database_waits.counted():
                time.sleep(pause)
        raise AssertionError("backoff() never ends")

    @property
    def _connection(self) -> Any:
        """Django's connection of this thread."""
        return connections[self._alias]

    def _ask_if_allowed(self, question: Callable[[], Answer], came: float) -> Answer:
        if self._breaker.state() is State.CLOSED:
            return self._ask(question, came)
        with ExitStack() as probe:
            with database_waits.counted():
                probe.enter_context(self._probe)
            if self._breaker.state() is State.OPEN:
                raise DatabaseUnavailableError(self._breaker.detail)
            return self._ask(question, came)

    def _ask(self, question: Callable[[], Answer], came: float) -> Answer:
        self._connect(came)
        seconds = settings().partsearch_query_seconds
        started = time.monotonic()
        try:
            answer = self._within(seconds, question)
        except (DatabaseError, InterfaceError) as error:
            current_client().raise_if_left()
            # Who was cancelled before his time was cancelled by somebody else, and asks again.
            if time.monotonic() - started < seconds:
                raise
            self._connection.close()
            if fault_of(error.__cause__ or error) is Fault.STOPPED:
                raise query_too_slow(seconds) from error
            self._breaker.trip("it does not answer")
            raise DatabaseUnavailableError from error
        self._breaker.record_success()
        return answer

    def _connect(self, came: float) -> None:
        connection = self._connection
        if connection.connection is not None:
            return
        with database_waits.counted():
            self._connect_anew(connection, came)

    def _connect_anew(self, connection: Any, came: float) -> None:
        started = time.monotonic()
        connection.seconds_to_connect = self._breaker.seconds_to_connect(came)
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            cause = error.__cause__ or error
            if fault_of(cause) is Fault.REFUSED or isinstance(cause, ConnectionTimeout):
                self._breaker.trip(first_line(cause), reason(cause))
                raise DatabaseUnavailableError(reason(cause)) from error
            self._breaker.record_failure(started, first_line(cause))
            raise

    def _within(self, seconds: float, question: Callable[[], Answer]) -> Answer:
        """What ``question`` gives within ``seconds``. Behind a pooler the server knows no time limit of ours."""
        driver = self._connection.connection
        cancel = partial(driver.cancel_safe, timeout=_CANCEL_SECONDS)
        with (
            _watchdog.limit(seconds + _MARGIN_SECONDS, partial(cut, driver.fileno())),
            _watchdog.limit(seconds, cancel) if self._is_pooled else nullcontext(),
            current_client().asking(cancel),
        ):
            return question()
