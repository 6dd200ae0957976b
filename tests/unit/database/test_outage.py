"""Who waits, who tries and who is turned away while the database is gone; the clock is the test's."""

import pytest

from partsearch.database import outage
from partsearch.database.outage import Outage, Verdict

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
    monkeypatch.setattr(outage, "time", clock)
    return clock


def test_all_go_while_the_database_answers(clock: Clock) -> None:
    state = Outage(GRACE_SECONDS)
    assert state.verdict() is Verdict.GO
    assert state.patience(clock.now) == pytest.approx(GRACE_SECONDS)


def test_the_grace_counts_from_the_start_of_the_outage_for_all(clock: Clock) -> None:
    state = Outage(GRACE_SECONDS)
    state.failed(clock.now, "it is gone")
    clock.now += 1
    state.failed(clock.now, "it is gone")
    assert state.verdict() is Verdict.GO
    assert state.patience(clock.now) == pytest.approx(GRACE_SECONDS - 1)


def test_after_the_grace_one_tries_and_after_its_failure_nobody_for_a_moment(clock: Clock) -> None:
    state = Outage(GRACE_SECONDS)
    state.failed(clock.now, "it is gone")
    clock.now += GRACE_SECONDS + 1
    assert state.verdict() is Verdict.PROBE
    state.failed(clock.now, "it is gone")
    assert state.verdict() is Verdict.DENY
    clock.now += 1
    assert state.verdict() is Verdict.PROBE
    state.ended()
    assert state.verdict() is Verdict.GO


def test_a_database_that_hangs_is_not_waited_for(clock: Clock) -> None:
    state = Outage(GRACE_SECONDS)
    state.hung("it hangs")
    assert state.verdict() is Verdict.DENY
    assert state.patience(clock.now) <= 0


def test_a_replica_is_left_alone_as_soon_as_it_fails(clock: Clock) -> None:
    state = outage.of_replica()
    assert state.verdict() is Verdict.GO
    state.failed(clock.now, "it is gone")
    assert state.verdict() is Verdict.DENY
    assert state.patience(clock.now) <= 0
    clock.now += 11
    assert state.verdict() is Verdict.PROBE
    assert 0 < state.seconds_to_connect(clock.now) <= 1


def test_a_probe_is_given_all_the_time_that_waking_takes(clock: Clock) -> None:
    state = Outage(8)
    state.hung("it sleeps")
    clock.now += 60
    assert state.verdict() is Verdict.PROBE
    assert state.seconds_to_connect(clock.now) == 8


def test_pauses_stay_short() -> None:
    pauses = outage.pauses()
    assert all(0 <= next(pauses) <= 0.25 for _ in range(50))
