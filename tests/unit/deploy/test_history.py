"""Which release a rollback returns to, according to the records."""

import pytest

from partsearch.deploy.state.history import previous_release
from partsearch.deploy.state.record import DeploymentRecord, State
from tests.unit.deploy.sample_records import sample_record


def served(*deployments: tuple[str, str, str]) -> list[DeploymentRecord]:
    """Return records of (kind, old, new), the oldest first."""
    return [
        sample_record(str(number), kind=kind, old_release=old, new_release=new)
        for number, (kind, old, new) in enumerate(deployments)
    ]


@pytest.mark.parametrize(
    ("deployments", "current", "previous"),
    [
        ([], "a", None),
        ([("deploy", "a", "b")], "b", "a"),
        ([("deploy", "a", "b")], "z", None),
        ([("deploy", "a", "b"), ("deploy", "b", "c")], "c", "b"),
        ([("deploy", "a", "b"), ("deploy", "b", "c"), ("rollback", "c", "b")], "b", "a"),
        ([("deploy", "a", "b"), ("rollback", "b", "a")], "a", None),
        ([("deploy", "a", "b"), ("rollback", "b", "a"), ("deploy", "a", "c")], "c", "a"),
        ([("deploy", "a", "b"), ("deploy", "b", "a")], "a", "b"),
    ],
)
def test_each_rollback_goes_one_release_further_back(
    deployments: list[tuple[str, str, str]], current: str, previous: str | None
) -> None:
    assert previous_release(served(*deployments), current) == previous


def test_a_release_that_was_rolled_back_never_served() -> None:
    records = [*served(("deploy", "a", "b")), sample_record("9", State.ROLLED_BACK, old_release="b", new_release="bad")]
    assert previous_release(records, "b") == "a"
