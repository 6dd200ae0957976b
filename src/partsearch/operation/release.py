"""A release: the environment that the services of one slot run from."""

import json
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from partsearch.settings import Settings, project_root


@dataclass(frozen=True)
class Release:
    """A release: its id, which X-Release shows, and the Python that runs it.

    ``root`` is its folder under ``PARTSEARCH_HOME/releases``; ``None`` for the checkout that the command runs from.
    ``source`` names what it was built from. ``digest`` is that of a checkout's files, which may change while it runs;
    empty for a release in a folder of its own, which does not change.
    """

    id: str
    root: Path | None
    python: Path
    source: str
    digest: str = ""


def checkout_release(settings: Settings) -> Release:
    """Return the checkout that this command runs from, which is a release without a copy of its own."""
    return Release(settings.release(), None, Path(sys.executable), str(project_root()), _digest_of_package())


@cache
def _digest_of_package() -> str:
    digest = sha256()
    package = Path(__file__).parent.parent
    for path in sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(package)}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def installed_release(home: Path, release_id: str) -> Release | None:
    """Return the release of this id that is complete under ``home``; ``None`` where there is none."""
    root = home / "releases" / release_id
    try:
        source = str(json.loads((root / "release.json").read_text())["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Release(release_id, root, root / "venv" / "bin" / "python", source)
