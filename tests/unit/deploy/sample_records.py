"""Deployment records for the tests."""

from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.state.record import DeploymentRecord, ReleaseStats, State, Step, TimelinePoint
from partsearch.operation.names import Slot

BEGAN = 1_800_000_000.0


def sample_record(name: str = "one", state: State = State.DONE, **values: object) -> DeploymentRecord:
    """Return a record with a timeline of three seconds, of which the last two had errors."""
    timeline = [
        TimelinePoint(BEGAN + 10 + second, 25, ReleaseStats(300, 0, 12.5, 3), ReleaseStats(100, second, 11, 1))
        for second in range(3)
    ]
    return DeploymentRecord(
        **{
            "name": name,
            "kind": "deploy",
            "source": "v2 <b>",
            "began": BEGAN,
            "pid": 7,
            "state": state,
            "ended": BEGAN + 20,
            "old_release": "0.1.0-aaa",
            "old_slot": Slot.BLUE,
            "new_release": "0.2.0-bbb",
            "new_slot": Slot.GREEN,
            "requests": 18_204,
            "thresholds": Thresholds().as_json(),
            "steps": [
                Step(State.BUILDING, 0, BEGAN, BEGAN + 9),
                Step(State.ROLLING_OUT, 25, BEGAN + 10, None, "found"),
            ],
            "timeline": timeline,
            **values,
        }  # type: ignore[arg-type]
    )
