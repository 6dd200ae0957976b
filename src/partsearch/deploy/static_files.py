"""The static files of a release: in its own folder, together with those of the releases before it.

A page of the old release may ask for its style sheet when the new release already answers. The names carry a digest of
the content, so that the files of several releases lie beside each other.
"""

import json
import shutil
from pathlib import Path

from partsearch.deploy.command_log import CommandLog

_COLLECT_SECONDS = 120
_MANIFEST = "staticfiles.json"
_COMPRESSED = ("", ".gz", ".br")


def collect_static_files(python: Path, static: Path, before: list[Path], commands: CommandLog) -> None:
    """Fills the folder ``static``.

    Args:
        python: the release's.
        static: its folder.
        before: the folders of other releases.
        commands: runs what has to be run.

    Raises:
        BuildError: the release cannot collect them.
    """
    command = [str(python), "-P", "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
    commands.run("Collecting the static files", command, _COLLECT_SECONDS)
    for other in before:
        for name in _names(other):
            for ending in _COMPRESSED:
                _add(other / (name + ending), static / (name + ending))


def _names(folder: Path) -> list[str]:
    """The names with a digest that a release's own files have."""
    try:
        return list(json.loads((folder / _MANIFEST).read_text())["paths"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return []


def _add(origin: Path, copy: Path) -> None:
    if origin.is_file() and not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(origin, copy)
