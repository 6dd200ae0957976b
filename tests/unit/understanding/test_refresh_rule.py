"""When the dictionary of a process is refreshed."""

from partsearch.understanding.refresh_rule import Refresh, RefreshRule


class Clock:
    """A clock that the test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_search_waits_for_it() -> None:
    rule = RefreshRule(Clock())
    assert rule.due() is Refresh.BEFORE_SEARCH
    rule.note_failure()
    assert rule.due() is Refresh.BEFORE_SEARCH


def test_it_is_refreshed_by_its_age() -> None:
    clock = Clock()
    rule = RefreshRule(clock)
    rule.note_success(100.0)
    found = {}
    for age in (0.0, 2.0, 2.1, 10.0, 10.1):
        clock.now = 100.0 + age
        found[age] = rule.due()
    assert found == {
        0.0: Refresh.NOT_NOW,
        2.0: Refresh.NOT_NOW,
        2.1: Refresh.IN_BACKGROUND,
        10.0: Refresh.IN_BACKGROUND,
        10.1: Refresh.BEFORE_SEARCH,
    }


def test_no_search_waits_for_a_database_that_failed() -> None:
    clock = Clock()
    rule = RefreshRule(clock)
    rule.note_success(100.0)
    clock.now = 120.0
    rule.note_failure()
    assert rule.due() is Refresh.NOT_NOW
    clock.now = 122.1
    assert rule.due() is Refresh.IN_BACKGROUND
    rule.note_failure()
    clock.now = 125.0
    assert rule.due() is Refresh.NOT_NOW
    rule.note_success(125.0)
    clock.now = 127.1
    assert rule.due() is Refresh.IN_BACKGROUND
