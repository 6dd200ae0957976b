"""When a probe may ask the database; the clock is the test's."""

import pytest

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


def test_a_database_that_does_not_sleep_is_asked_every_time(clock: Clock) -> None:
    known = Readiness(sleeps=False, breaker=CircuitBreaker(GRACE_SECONDS))
    known.confirm()
    assert known.must_ask()


def test_one_that_sleeps_is_asked_once(clock: Clock) -> None:
    known = Readiness(sleeps=True, breaker=CircuitBreaker(GRACE_SECONDS))
    assert known.must_ask()
    known.confirm()
    clock.now += 100_000
    assert not known.must_ask()
    assert known.known_fault() is None


def test_in_an_outage_probes_ask_for_five_minutes_and_then_every_five(clock: Clock) -> None:
    breaker = CircuitBreaker(GRACE_SECONDS)
    known = Readiness(sleeps=True, breaker=breaker)
    known.confirm()
    breaker.record_failure(clock.now, "it is gone")
    asked = []
    for second in range(1_000):
        clock.now += 1
        if known.must_ask():
            asked.append(second)
            breaker.record_failure(clock.now, "it is still gone")
        else:
            assert "out of reach" in (known.known_fault() or "")
    assert asked[:299] == list(range(299))
    assert 1 <= len([second for second in asked if second > 301]) <= 3
    breaker.record_success()
    assert not known.must_ask()
    assert known.known_fault() is None
