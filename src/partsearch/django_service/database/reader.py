"""Reads from the database for a request: with a time limit, and with another attempt after a lost connection.

While the database is away the circuit breaker fails requests at once, so they do not pile up.
"""

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
from partsearch.database.address.configured import database_address, replica_database_address
from partsearch.database.circuit_breaker import (
    CircuitBreaker,
    CircuitState,
    backoff,
    breaker_for_primary,
    breaker_for_replica,
)
from partsearch.database.errors.driver_errors import ErrorKind, error_kind, first_line, public_reason
from partsearch.database.readiness import Readiness
from partsearch.database.watchdog import Watchdog, shut_down
from partsearch.django_service.database.router import REPLICA, reading_from
from partsearch.django_service.database.snapshot import in_snapshot
from partsearch.django_service.database.waits import database_waits
from partsearch.django_service.http.client import current_client
from partsearch.settings import settings

Answer = TypeVar("Answer")

_MARGIN_SECONDS = 0.3
"""How long after the time limit of a query its connection is cut, for a server that does not answer at all."""

_CANCEL_SECONDS = 1.0

_watchdog = Watchdog()


def read(query: Callable[[], Answer], *, from_one_snapshot: bool = False) -> Answer:
    """Return what ``query``, which only reads, returns. It runs again on a new connection if the old one is lost.

    Args:
        query: what is run.
        from_one_snapshot: whether all its statements read one snapshot of the data. They share the time limit.

    Raises:
        ProblemError: 503, the database stays out of reach or the query runs past its time limit.
        RequestCancelledError: the client has disconnected.
    """
    replica = _replica()
    if replica is not None:
        try:
            return replica.read(query, from_one_snapshot=from_one_snapshot)
        except (DatabaseUnavailableError, DatabaseError, InterfaceError):
            pass  # The primary answers: the replica is away, which its circuit breaker logs, or behind on a migration.
    return primary().read(query, from_one_snapshot=from_one_snapshot)


@cache
def primary() -> "Reader":
    """Return the reader of the database that all writes go to."""
    address = database_address()
    return Reader("default", address, breaker_for_primary(address))


@cache
def _replica() -> "Reader | None":
    address = replica_database_address()
    return Reader(REPLICA, address, breaker_for_replica()) if address and REPLICA in connections else None


class Reader:
    """Reads from one database. All threads of the process share its circuit breaker."""

    def __init__(self, alias: str, address: DatabaseAddress, breaker: CircuitBreaker) -> None:
        self._alias = alias
        self._is_pooled = address.is_pooled
        self._counted = database_waits.at_replica if alias == REPLICA else nullcontext
        self._breaker = breaker
        self._probe = threading.Lock()
        self.readiness = Readiness(can_sleep=address.can_sleep, breaker=breaker)

    def read(self, query: Callable[[], Answer], *, from_one_snapshot: bool = False) -> Answer:
        """Return what ``query`` returns, as ``read`` of this module does, from this database alone."""
        run = partial(self._run_within, query, from_one_snapshot=from_one_snapshot)
        arrived = time.monotonic()
        for delay in backoff():
            try:
                with reading_from(self._alias):
                    return self._run_if_allowed(run, arrived)
            except (DatabaseError, InterfaceError) as error:
                self._connection.close()
                cause = error.__cause__ or error
                kind = error_kind(cause)
                if kind is None:
                    raise
                if kind is ErrorKind.REJECTED or self._breaker.remaining_grace(arrived) <= delay:
                    raise DatabaseUnavailableError(public_reason(cause)) from error
            current_client().raise_if_disconnected()
            with database_waits.counted():
                time.sleep(delay)
        raise AssertionError("backoff() never ends")

    @property
    def _connection(self) -> Any:
        """Django's connection of this thread."""
        return connections[self._alias]

    def _run_if_allowed(self, run: Callable[[float], Answer], arrived: float) -> Answer:
        if self._breaker.state() is CircuitState.CLOSED:
            return self._run(run, arrived)
        with ExitStack() as probe:
            with database_waits.counted():
                probe.enter_context(self._probe)
            if self._breaker.state() is CircuitState.OPEN:
                raise DatabaseUnavailableError(self._breaker.detail)
            return self._run(run, arrived)

    def _run(self, run: Callable[[float], Answer], arrived: float) -> Answer:
        self._connect(arrived)
        seconds = settings().partsearch_query_seconds
        started = time.monotonic()
        try:
            answer = run(seconds)
        except (DatabaseError, InterfaceError) as error:
            current_client().raise_if_disconnected()
            # PostgreSQL cancelled the query before our time limit, at the request of another session: it runs again.
            if time.monotonic() - started < seconds:
                raise
            self._connection.close()
            if error_kind(error.__cause__ or error) is ErrorKind.CANCELLED:
                raise query_too_slow(seconds) from error
            self._breaker.trip("it does not answer")
            raise DatabaseUnavailableError from error
        self._breaker.record_success()
        return answer

    def _connect(self, arrived: float) -> None:
        connection = self._connection
        if connection.connection is not None:
            return
        with database_waits.counted():
            self._open_connection(connection, arrived)

    def _open_connection(self, connection: Any, arrived: float) -> None:
        started = time.monotonic()
        connection.seconds_to_connect = self._breaker.seconds_to_connect(arrived)
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            cause = error.__cause__ or error
            if error_kind(cause) is ErrorKind.REJECTED or isinstance(cause, ConnectionTimeout):
                self._breaker.trip(first_line(cause), public_reason(cause))
                raise DatabaseUnavailableError(public_reason(cause)) from error
            self._breaker.record_failure(started, first_line(cause))
            raise

    def _run_within(self, query: Callable[[], Answer], seconds: float, *, from_one_snapshot: bool) -> Answer:
        """Return what ``query`` returns within ``seconds``.

        Behind a pooler the server gets no time limit. Its limit is for one statement, and a snapshot has several.
        """
        driver = self._connection.connection
        cancel = partial(driver.cancel_safe, timeout=_CANCEL_SECONDS)
        with (
            _watchdog.limit(seconds + _MARGIN_SECONDS, partial(shut_down, driver.fileno())),
            _watchdog.limit(seconds, cancel) if self._is_pooled or from_one_snapshot else nullcontext(),
            current_client().running_statement(cancel),
            self._counted(),
            in_snapshot(self._alias) if from_one_snapshot else nullcontext(),
        ):
            return query()
