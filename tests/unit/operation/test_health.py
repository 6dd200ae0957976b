"""When a service is taken for sick, and when for well again."""

import pytest

from partsearch.operation.health import Health, Outcome, Pulse

_OUTCOMES = {"a": Outcome.ANSWERED, "f": Outcome.FAILED, "g": Outcome.GONE, "u": Outcome.UNCLEAR}


@pytest.mark.parametrize(
    ("known", "outcomes", "is_well"),
    [
        (None, "", None),
        (None, "a", True),
        (None, "f", None),
        (None, "ff", False),
        (None, "g", False),
        (True, "f", True),
        (True, "ff", False),
        (True, "faf", True),
        (True, "fafafaf", True),
        (True, "g", False),
        (False, "a", False),
        (False, "aa", True),
        (False, "afa", False),
        (False, "aga", False),
        (False, "aaf", True),
        (True, "uuu", True),
        (True, "fuf", False),
        (False, "uaua", True),
        (None, "u", None),
    ],
)
def test_two_in_a_row_decide(known: bool | None, outcomes: str, is_well: bool | None) -> None:
    pulse = Pulse(known)
    for outcome in outcomes:
        pulse.take(_OUTCOMES[outcome])
    assert pulse.is_well is is_well


def test_a_probe_against_what_is_known_leaves_a_doubt() -> None:
    pulse = Pulse(is_well=True)
    pulse.take(Outcome.FAILED)
    assert pulse.is_in_doubt
    pulse.take(Outcome.ANSWERED)
    assert not pulse.is_in_doubt


@pytest.mark.parametrize(
    ("known", "lives", "searches", "is_healthy"),
    [
        (None, "", "", None),
        (None, "a", "", True),
        (None, "a", "uu", True),
        (True, "", "f", True),
        (True, "a", "ff", False),
        (True, "aaa", "fuf", False),
        (True, "", "uuuu", True),
        (True, "", "ffa", False),
        (True, "aa", "ffaa", True),
        (True, "ff", "aaaa", False),
        (True, "ffaa", "", False),
        (True, "ffaa", "uu", False),
        (True, "ffaa", "aa", True),
        (False, "aa", "aa", True),
        (False, "aa", "", False),
    ],
)
def test_healthy_is_who_lives_and_answers_searches(
    known: bool | None, lives: str, searches: str, is_healthy: bool | None
) -> None:
    health = Health(is_healthy=known, is_searched=True)
    for outcome in lives:
        health.take_life(_OUTCOMES[outcome])
    for outcome in searches:
        health.take_search(_OUTCOMES[outcome])
    assert health.is_healthy is is_healthy


def test_where_no_searches_are_asked_for_it_is_enough_to_live() -> None:
    health = Health()
    for outcome, is_healthy in (("a", True), ("f", True), ("f", False), ("a", False), ("a", True)):
        health.take_life(_OUTCOMES[outcome])
        assert health.is_healthy is is_healthy
