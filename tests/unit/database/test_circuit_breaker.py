"""Who waits, who tries and who is turned away while the database is gone; the clock is the test's."""

import pytest

from partsearch.database import circuit_breaker
from partsearch.database.circuit_breaker import CircuitBreaker, State

GRACE_SECONDS = 2.4


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breaker, "time", clock)
    return clock


def test_all_go_while_the_database_answers(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    assert breaker.state() is State.CLOSED
    assert breaker.remaining_grace(clock.now) == pytest.approx(GRACE_SECONDS)


def test_the_grace_counts_from_the_start_of_the_outage_for_all(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.record_failure(clock.now, "it is gone")
    clock.now += 1
    breaker.record_failure(clock.now, "it is gone")
    assert breaker.state() is State.CLOSED
    assert breaker.remaining_grace(clock.now) == pytest.approx(GRACE_SECONDS - 1)


def test_after_the_grace_one_tries_and_after_its_failure_nobody_for_a_moment(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.record_failure(clock.now, "it is gone")
    clock.now += GRACE_SECONDS + 1
    assert breaker.state() is State.HALF_OPEN
    breaker.record_failure(clock.now, "it is gone")
    assert breaker.state() is State.OPEN
    clock.now += 1
    assert breaker.state() is State.HALF_OPEN
    breaker.record_success()
    assert breaker.state() is State.CLOSED


def test_a_database_that_hangs_is_not_waited_for(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    breaker.trip("it hangs")
    assert breaker.state() is State.OPEN
    assert breaker.remaining_grace(clock.now) <= 0


def test_a_replica_is_left_alone_as_soon_as_it_fails(clock: Clock) -> None:
    breaker = circuit_breaker.breaker_for_replica()
    assert breaker.state() is State.CLOSED
    breaker.record_failure(clock.now, "it is gone")
    assert breaker.state() is State.OPEN
    assert breaker.remaining_grace(clock.now) <= 0
    clock.now += 11
    assert breaker.state() is State.HALF_OPEN
    assert 0 < breaker.seconds_to_connect(clock.now) <= 1


def test_a_probe_is_given_all_the_time_that_waking_takes(clock: Clock) -> None:
    breaker = CircuitBreaker(8)
    breaker.trip("it sleeps")
    clock.now += 60
    assert breaker.state() is State.HALF_OPEN
    assert breaker.seconds_to_connect(clock.now) == 8


def test_backoff_delays_stay_short() -> None:
    delays = circuit_breaker.backoff()
    assert all(0 <= next(delays) <= 0.25 for _ in range(50))
