"""The record of an update, written after every step, so that whoever comes after a killed one knows where it stood."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from partsearch.operation.names import Slot


class State(StrEnum):
    """Where an update stands."""

    BUILDING = "building"
    CHECKING = "checking migrations"
    MIGRATING = "migrating"
    STARTING = "starting"
    PROVING = "proving"
    SHIFTING = "shifting"
    DRAINING = "draining"
    STOPPING = "stopping"
    ROLLING_BACK = "rolling back"
    DONE = "done"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing is left to do."""
        return self in (State.DONE, State.ROLLED_BACK, State.FAILED)

    @property
    def is_decided(self) -> bool:
        """Whether the new release has all traffic for good, and what is left to do is to end the old one."""
        return self in (State.DRAINING, State.STOPPING)


@dataclass
class Step:
    """One step: its state, the share of the new release in it, when it began and when it ended, and what it found."""

    state: State
    share: int
    began: float
    ended: float | None = None
    note: str = ""


@dataclass(frozen=True)
class SideCount:
    """What one release answered in about a second: requests of visitors, errors among them, p99 in milliseconds."""

    requests: int
    errors: int
    p99: float
    in_flight: int


@dataclass(frozen=True)
class Moment:
    """About a second of the switch, for the timeline."""

    at: float
    share: int
    old: SideCount
    new: SideCount


_JSON_NAMES = {"old_slot": "old_colour", "new_slot": "new_colour"}
"""The keys of the file where they differ from the attributes: other releases read and write the same files."""
_FIELD_NAMES = {kept: name for name, kept in _JSON_NAMES.items()}


@dataclass
class Record:
    """One update. All times are seconds since 1970.

    Attributes:
        name: of the update: when it began.
        kind: ``deploy`` or ``rollback``.
        source: what was asked for, in the user's words.
        old_digest: of the files of the old release, where that ran from the checkout.
        reason: why it was rolled back, or failed.
        returned_seconds: from the decision to roll back until the old release had all traffic.
        requests: of visitors, during the switch.
        failed: those of them that got an error of the server.
        sockets: WebSockets that were moved to the release that stays.
        cut: requests and sockets that were still there when a drain's time was over.
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
    share: int = 0
    reason: str = ""
    returned_seconds: float | None = None
    requests: int = 0
    failed: int = 0
    sockets: int = 0
    cut: int = 0
    thresholds: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def as_json(self) -> str:
        """The record as it is kept."""
        values = asdict(self)
        kept = {_JSON_NAMES.get(name, name): value for name, value in values.items()}
        return json.dumps(kept, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The record that ``text`` keeps.

        Raises:
            ValueError: it keeps none.
        """
        try:
            kept = json.loads(text)
            values = {_FIELD_NAMES.get(name, name): value for name, value in kept.items()}
            values["state"] = State(values["state"])
            for name in ("old_slot", "new_slot"):
                values[name] = Slot(values[name]) if values[name] else None
            values["steps"] = [Step(**{**step, "state": State(step["state"])}) for step in values["steps"]]
            values["moments"] = [_moment(moment) for moment in values["moments"]]
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


def _moment(values: dict[str, Any]) -> Moment:
    return Moment(**{**values, "old": SideCount(**values["old"]), "new": SideCount(**values["new"])})


class Records:
    """The records of a home, in ``deploys/``."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "deploys"

    def path(self, record: Record) -> Path:
        """Where a record is kept."""
        return self.folder / f"{record.name}.json"

    def report_path(self, record: Record) -> Path:
        """Where the report for people is kept."""
        return self.folder / f"{record.name}.html"

    def write(self, record: Record) -> None:
        """Keeps a record: all of it or, if this is interrupted, the one before."""
        write_whole(self.path(record), record.as_json())

    def newest_first(self) -> Iterator[Record]:
        """The records that can be read, the newest first."""
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            try:
                yield Record.from_json(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue

    def unfinished(self) -> Record | None:
        """The newest record, where something is left to do."""
        newest = next(self.newest_first(), None)
        return newest if newest and not newest.state.is_final else None


def write_whole(path: Path, text: str) -> None:
    """Puts ``text`` into a file so that whoever reads it finds the old text or the new one, never a part.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
