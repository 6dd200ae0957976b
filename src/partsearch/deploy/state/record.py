"""The deployment record: a JSON file, written before every step, from which a killed deployment is recovered.

The release before and the release after read and write the same files, so the keys and the values of the JSON stay.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from partsearch.operation.names import Slot
from partsearch.system.atomic_file import replace_file


class State(StrEnum):
    """The state of a deployment. The values are those of the JSON."""

    BUILDING = "building"
    CHECKING = "checking migrations"
    MIGRATING = "migrating"
    STARTING = "starting"
    VERIFYING = "proving"
    ROLLING_OUT = "shifting"
    DRAINING = "draining"
    STOPPING = "stopping"
    ROLLING_BACK = "rolling back"
    DONE = "done"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The state as the terminal and the report show it."""
        return _LABELS.get(self, self.value)

    @property
    def is_final(self) -> bool:
        """Whether the deployment has ended."""
        return self in (State.DONE, State.ROLLED_BACK, State.FAILED)

    @property
    def is_promoted(self) -> bool:
        """Whether the new release has all traffic for good, and only the old one is left to be stopped."""
        return self in (State.DRAINING, State.STOPPING)


_LABELS = {State.VERIFYING: "verifying", State.ROLLING_OUT: "rolling out"}


@dataclass
class Step:
    """One step: its state, the weight of the new release in it, its begin and end, and a summary of its result."""

    state: State
    weight: int
    began: float
    ended: float | None = None
    note: str = ""


@dataclass(frozen=True)
class ReleaseStats:
    """One release in about one second: requests of users, errors among them, the p99 in milliseconds, in flight."""

    requests: int
    errors: int
    p99: float
    in_flight: int


@dataclass(frozen=True)
class TimelinePoint:
    """About one second of the rollout or of the drain."""

    at: float
    weight: int
    old: ReleaseStats
    new: ReleaseStats


_JSON_NAMES = {
    "old_slot": "old_colour",
    "new_slot": "new_colour",
    "weight": "share",
    "timeline": "moments",
    "moved_sockets": "sockets",
    "rollback_seconds": "returned_seconds",
}
"""The keys of the JSON that differ from the attributes, at every level."""
_ATTRIBUTE_NAMES = {key: name for name, key in _JSON_NAMES.items()}


@dataclass
class DeploymentRecord:
    """One deployment. All times are seconds since 1970.

    Attributes:
        name: the time of its begin.
        kind: ``deploy`` or ``rollback``.
        source: what the user asked for.
        old_digest: of the files of the old release, if it runs from the checkout.
        weight: of the new release, in percent.
        reason: why it was rolled back or failed.
        rollback_seconds: from the decision to roll back until the old release had all traffic.
        requests: of users, during the switch of the traffic.
        failed: those of them with a 5xx response.
        moved_sockets: WebSockets that were closed so that their clients reconnect to the other release.
        cut: requests and sockets that were in flight when the time limit of a drain ended.
    """

    name: str
    kind: str
    source: str
    began: float
    pid: int
    state: State = State.BUILDING
    ended: float | None = None
    old_release: str = ""
    old_digest: str = ""
    old_slot: Slot | None = None
    new_release: str = ""
    new_slot: Slot | None = None
    weight: int = 0
    reason: str = ""
    rollback_seconds: float | None = None
    requests: int = 0
    failed: int = 0
    moved_sockets: int = 0
    cut: int = 0
    thresholds: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    timeline: list[TimelinePoint] = field(default_factory=list)

    def as_json(self) -> str:
        """Return the JSON of the record."""
        return json.dumps(asdict(self, dict_factory=_with_json_names), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "DeploymentRecord":
        """Return the record that ``text`` holds.

        Raises:
            ValueError: the text is not a record.
        """
        try:
            values = _with_attribute_names(json.loads(text))
            values["state"] = State(values["state"])
            for name in ("old_slot", "new_slot"):
                values[name] = Slot(values[name]) if values[name] else None
            values["steps"] = [_step(_with_attribute_names(step)) for step in values["steps"]]
            values["timeline"] = [_point(_with_attribute_names(point)) for point in values["timeline"]]
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


def _with_json_names(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_JSON_NAMES.get(name, name): value for name, value in items}


def _with_attribute_names(values: dict[str, Any]) -> dict[str, Any]:
    return {_ATTRIBUTE_NAMES.get(key, key): value for key, value in values.items()}


def _step(values: dict[str, Any]) -> Step:
    return Step(**{**values, "state": State(values["state"])})


def _point(values: dict[str, Any]) -> TimelinePoint:
    return TimelinePoint(**{**values, "old": ReleaseStats(**values["old"]), "new": ReleaseStats(**values["new"])})


class DeploymentRecords:
    """The records of a home, in ``deploys/``."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "deploys"

    def path(self, record: DeploymentRecord) -> Path:
        """Return the path of a record."""
        return self.folder / f"{record.name}.json"

    def report_path(self, record: DeploymentRecord) -> Path:
        """Return the path of the report of a record."""
        return self.folder / f"{record.name}.html"

    def write(self, record: DeploymentRecord) -> None:
        """Write a record; an interruption leaves the one before.

        Raises:
            OSError: the record cannot be written.
        """
        replace_file(self.path(record), record.as_json())

    def newest_first(self) -> Iterator[DeploymentRecord]:
        """Yield the readable records, the newest first."""
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            try:
                yield DeploymentRecord.from_json(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue

    def unfinished(self) -> DeploymentRecord | None:
        """Return the newest record if its deployment has not ended."""
        newest = next(self.newest_first(), None)
        return newest if newest and not newest.state.is_final else None
