"""When a service is taken for sick, and when for well again."""

import pytest

from partsearch.operation.pulse import Outcome, Pulse

_OUTCOMES = {"a": Outcome.ANSWERED, "f": Outcome.FAILED, "g": Outcome.GONE}


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
