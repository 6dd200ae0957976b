"""What a release is: an environment that the services of one colour run from."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from partsearch.settings import Settings, project_root


@dataclass(frozen=True)
class Release:
    """A release: its id, which X-Release shows, and the Python that runs it.

    ``root`` is its folder under ``PARTSEARCH_HOME/releases``; ``None`` for the checkout that the command runs from.
    ``source`` says in words what it was made from.
    """

    id: str
    root: Path | None
    python: Path
    source: str


def checkout_release(settings: Settings) -> Release:
    """The checkout that this command runs from, which is a release too: nothing of it is copied."""
    return Release(settings.release(), None, Path(sys.executable), str(project_root()))


def installed_release(home: Path, release_id: str) -> Release | None:
    """The release of this id that lies complete under ``home``; ``None`` where there is none."""
    root = home / "releases" / release_id
    try:
        source = str(json.loads((root / "release.json").read_text())["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Release(release_id, root, root / "venv" / "bin" / "python", source)
