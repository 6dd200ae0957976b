"""Who waits, who tries and who is turned away while the database is gone; the clock is the test's."""

import pytest

from partsearch.database import outage
from partsearch.database.outage import GRACE_SECONDS, Outage, Verdict


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
    state = Outage()
    assert state.verdict() is Verdict.GO
    assert state.patience(clock.now) == pytest.approx(GRACE_SECONDS)


def test_the_grace_counts_from_the_start_of_the_outage_for_all(clock: Clock) -> None:
    state = Outage()
    state.failed(clock.now)
    clock.now += 1
    state.failed(clock.now)
    assert state.verdict() is Verdict.GO
    assert state.patience(clock.now) == pytest.approx(GRACE_SECONDS - 1)


def test_after_the_grace_one_tries_and_after_its_failure_nobody_for_a_moment(clock: Clock) -> None:
    state = Outage()
    state.failed(clock.now)
    clock.now += GRACE_SECONDS + 1
    assert state.verdict() is Verdict.PROBE
    state.failed(clock.now)
    assert state.verdict() is Verdict.DENY
    clock.now += 1
    assert state.verdict() is Verdict.PROBE
    state.ended()
    assert state.verdict() is Verdict.GO


def test_a_database_that_hangs_is_not_waited_for(clock: Clock) -> None:
    state = Outage()
    state.hung()
    assert state.verdict() is Verdict.DENY
    assert state.patience(clock.now) <= 0


def test_pauses_stay_short() -> None:
    pauses = outage.pauses()
    assert all(0 <= next(pauses) <= 0.25 for _ in range(50))
