"""The states of the circuit breaker while the database is unavailable; the tests set the clock."""

import pytest

from partsearch.database import circuit_breaker
from partsearch.database.circuit_breaker import CircuitBreaker, CircuitState

GRACE_SECONDS = 2.4


class Clock:
    """A clock that the test advances."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breaker, "time", clock)
    return clock


def test_the_breaker_is_closed_while_the_database_answers(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    assert breaker.state() is CircuitState.CLOSED
    assert breaker.remaining_grace(clock.now) == pytest.approx(GRACE_SECONDS)


def test_the_grace_period_starts_at_the_first_failure_for_all_requests(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.record_failure(clock.now, "connection refused")
    clock.now += 1
    breaker.record_failure(clock.now, "connection refused")
    assert breaker.state() is CircuitState.CLOSED
    assert breaker.remaining_grace(clock.now) == pytest.approx(GRACE_SECONDS - 1)


def test_after_the_grace_period_one_request_probes_and_its_failure_opens_the_breaker(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.record_failure(clock.now, "connection refused")
    clock.now += GRACE_SECONDS + 1
    assert breaker.state() is CircuitState.HALF_OPEN
    breaker.record_failure(clock.now, "connection refused")
    assert breaker.state() is CircuitState.OPEN
    clock.now += 1
    assert breaker.state() is CircuitState.HALF_OPEN
    breaker.record_success()
    assert breaker.state() is CircuitState.CLOSED


def test_a_database_that_hangs_opens_the_breaker_without_a_grace_period(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.trip("timeout")
    assert breaker.state() is CircuitState.OPEN
    assert breaker.remaining_grace(clock.now) <= 0


def test_the_first_failure_of_a_replica_opens_its_breaker(clock: Clock) -> None:
    breaker = circuit_breaker.breaker_for_replica()
    assert breaker.state() is CircuitState.CLOSED
    breaker.record_failure(clock.now, "connection refused")
    assert breaker.state() is CircuitState.OPEN
    assert breaker.remaining_grace(clock.now) <= 0
    clock.now += 11
    assert breaker.state() is CircuitState.HALF_OPEN
    assert 0 < breaker.seconds_to_connect(clock.now) <= 1


def test_a_probe_gets_the_whole_time_to_wake_the_database(clock: Clock) -> None:
    breaker = CircuitBreaker(8)
    breaker.trip("timeout")
    clock.now += 60
    assert breaker.state() is CircuitState.HALF_OPEN
    assert breaker.seconds_to_connect(clock.now) == 8


def test_backoff_delays_stay_short() -> None:
    delays = circuit_breaker.backoff()
    assert all(0 <= next(delays) <= 0.25 for _ in range(50))
