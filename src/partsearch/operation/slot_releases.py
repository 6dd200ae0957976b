"""Which release each slot was given, noted in the home: the supervisor knows their processes, but not them."""

import json
from pathlib import Path

from partsearch.operation.home import Home
from partsearch.operation.names import Slot
from partsearch.operation.release import Release


def place(home: Home, slot: Slot, release: Release) -> None:
    """Notes that ``slot`` has ``release``."""
    told = {
        "id": release.id,
        "root": str(release.root) if release.root else None,
        "python": str(release.python),
        "source": release.source,
        "digest": release.digest,
    }
    _note(home, slot).write_text(json.dumps(told))


def placed(home: Home) -> dict[Slot, Release]:
    """The slots that have a release, and which."""
    return {slot: release for slot in Slot if (release := _read(_note(home, slot)))}


def clear(home: Home, slot: Slot) -> None:
    """Notes that ``slot`` has none."""
    _note(home, slot).unlink(missing_ok=True)


def _note(home: Home, slot: Slot) -> Path:
    return home.run / f"{slot}.json"


def _read(path: Path) -> Release | None:
    """The release of a note; a note that was cut off while it was written is none."""
    try:
        told = json.loads(path.read_text())
        root = Path(told["root"]) if told["root"] else None
        return Release(told["id"], root, Path(told["python"]), told["source"], told["digest"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
