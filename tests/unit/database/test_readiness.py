"""When a probe queries the database; the tests set the clock."""

import pytest

from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.database import circuit_breaker, readiness
from partsearch.database.circuit_breaker import CircuitBreaker
from partsearch.database.readiness import Readiness
from tests.unit.database.test_circuit_breaker import Clock

GRACE_SECONDS = 8


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breaker, "time", clock)
    monkeypatch.setattr(readiness, "time", clock)
    return clock


def test_a_database_that_cannot_sleep_is_queried_each_time(clock: Clock) -> None:
    readiness_state = Readiness(can_sleep=False, breaker=CircuitBreaker(GRACE_SECONDS))
    readiness_state.confirm()
    assert readiness_state.must_ask()


def test_a_database_that_can_sleep_is_queried_once(clock: Clock) -> None:
    readiness_state = Readiness(can_sleep=True, breaker=CircuitBreaker(GRACE_SECONDS))
    assert readiness_state.must_ask()
    readiness_state.confirm()
    clock.now += 100_000
    assert not readiness_state.must_ask()
    readiness_state.require_available()


def test_probes_query_an_unavailable_database_for_five_minutes_and_then_every_five(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    readiness_state = Readiness(can_sleep=True, breaker=breaker)
    readiness_state.confirm()
    breaker.record_failure(clock.now, "connection refused")
    asked = []
    for second in range(1_000):
        clock.now += 1
        if readiness_state.must_ask():
            asked.append(second)
            breaker.record_failure(clock.now, "connection refused")
        else:
            with pytest.raises(DatabaseUnavailableError, match="out of reach"):
                readiness_state.require_available()
    assert asked[:299] == list(range(299))
    assert 1 <= len([second for second in asked if second > 301]) <= 3
    breaker.record_success()
    assert not readiness_state.must_ask()
    readiness_state.require_available()
