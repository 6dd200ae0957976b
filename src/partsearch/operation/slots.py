"""What release each slot has, which is noted in the home, since the supervisor knows only processes; and its status."""

import json
from dataclasses import dataclass
from pathlib import Path

from partsearch.operation.home import Home
from partsearch.operation.names import Service, Slot
from partsearch.operation.release import Release


@dataclass(frozen=True)
class SlotStatus:
    """The release of a slot, with the pid and the supervisor's state, such as ``RUNNING``, of each service.

    The state of a service that the supervisor does not know is ``UNKNOWN``.
    """

    release: Release
    pids: dict[Service, int | None]
    states: dict[Service, str]

    @property
    def is_running(self) -> bool:
        """Whether both services run."""
        return all(state == "RUNNING" for state in self.states.values())


def assign_release(home: Home, slot: Slot, release: Release) -> None:
    """Note that ``slot`` has ``release``."""
    note = {
        "id": release.id,
        "root": str(release.root) if release.root else None,
        "python": str(release.python),
        "source": release.source,
        "digest": release.digest,
    }
    _note_file(home, slot).write_text(json.dumps(note))


def assigned_releases(home: Home) -> dict[Slot, Release]:
    """Return the slots that have a release, and which."""
    return {slot: release for slot in Slot if (release := _read(_note_file(home, slot)))}


def clear_release(home: Home, slot: Slot) -> None:
    """Note that ``slot`` has no release."""
    _note_file(home, slot).unlink(missing_ok=True)


def _note_file(home: Home, slot: Slot) -> Path:
    return home.run / f"{slot}.json"


def _read(path: Path) -> Release | None:
    """Return the release of a note; ``None`` for a note that was cut off while it was written."""
    try:
        note = json.loads(path.read_text())
        root = Path(note["root"]) if note["root"] else None
        return Release(note["id"], root, Path(note["python"]), note["source"], note["digest"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
