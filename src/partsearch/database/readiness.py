"""Whether ``/readyz`` must query the database, or already knows that the process is ready."""

import time

from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.database.circuit_breaker import CircuitBreaker

_PROBE_SECONDS = 300
"""How long probes query an unavailable database, and the interval after that: Neon suspends an idle one after it."""


class Readiness:
    """What a process knows about its database without a query.

    A probe that queries a suspended database wakes it, and a probe every second would keep it awake, and billed, all
    the time. So the process queries it once, when it starts. After that the searches of the clients show whether the
    database answers. Only while it does not answer, probes query it: as long as it would be awake anyway, and then at
    intervals.

    Args:
        can_sleep: whether the database suspends when it is idle; any other is queried each time.
        breaker: the circuit breaker of the searches of this process.
    """

    def __init__(self, *, can_sleep: bool, breaker: CircuitBreaker) -> None:
        self._can_sleep = can_sleep
        self._breaker = breaker
        self._is_confirmed = False
        self._asked_at = 0.0

    def must_ask(self) -> bool:
        """Return whether the probe must query the database now."""
        if not self._can_sleep:
            return True
        unavailable_for = self._breaker.seconds_unavailable()
        if unavailable_for is None:
            return not self._is_confirmed
        if unavailable_for > _PROBE_SECONDS and time.monotonic() - self._asked_at < _PROBE_SECONDS:
            return False
        self._asked_at = time.monotonic()
        return True

    def confirm(self) -> None:
        """Record that the database answered and has the needed schema."""
        self._is_confirmed = True

    def require_available(self) -> None:
        """Raise 503 if the last search did not reach the database.

        Raises:
            DatabaseUnavailableError: the database has not answered since.
        """
        if self._breaker.seconds_unavailable() is not None:
            raise DatabaseUnavailableError("The database was out of reach when a search last asked it.")
