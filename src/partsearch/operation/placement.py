"""Which release each colour was given, noted in the home: the supervisor knows their processes, but not them."""

import json
from pathlib import Path

from partsearch.operation.home import Home
from partsearch.operation.names import Colour
from partsearch.operation.release import Release


def place(home: Home, colour: Colour, release: Release) -> None:
    """Notes that ``colour`` has ``release``."""
    told = {
        "id": release.id,
        "root": str(release.root) if release.root else None,
        "python": str(release.python),
        "source": release.source,
        "digest": release.digest,
    }
    _note(home, colour).write_text(json.dumps(told))


def placed(home: Home) -> dict[Colour, Release]:
    """The colours that have a release, and which."""
    return {colour: release for colour in Colour if (release := _read(_note(home, colour)))}


def clear(home: Home, colour: Colour) -> None:
    """Notes that ``colour`` has none."""
    _note(home, colour).unlink(missing_ok=True)


def _note(home: Home, colour: Colour) -> Path:
    return home.run / f"{colour}.json"


def _read(path: Path) -> Release | None:
    """The release of a note; a note that was cut off while it was written is none."""
    try:
        told = json.loads(path.read_text())
        root = Path(told["root"]) if told["root"] else None
        return Release(told["id"], root, Path(told["python"]), told["source"], told["digest"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
