"""The static files of a release: in its own folder, together with those of the releases before it.

A page of the old release may request its style sheet from the new one. The file names contain a digest of the content,
so the files of several releases do not collide.
"""

import json
import shutil
from pathlib import Path

from partsearch.deploy.build.command_log import CommandLog

_COLLECT_SECONDS = 120
_MANIFEST = "staticfiles.json"
_COMPRESSED = ("", ".gz", ".br")


def collect_static_files(python: Path, static: Path, earlier: list[Path], commands: CommandLog) -> None:
    """Fill the folder ``static``.

    Args:
        python: of the release.
        static: the folder of the release.
        earlier: the folders of other releases.
        commands: runs the command of Django.

    Raises:
        BuildError: the release cannot collect its files.
    """
    command = [str(python), "-P", "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
    commands.run("Collecting the static files", command, _COLLECT_SECONDS)
    for folder in earlier:
        for name in _names_with_digest(folder):
            for suffix in _COMPRESSED:
                _copy_if_missing(folder / (name + suffix), static / (name + suffix))


def _names_with_digest(folder: Path) -> list[str]:
    """Return the names of the release's own files; none if its manifest cannot be read."""
    try:
        return list(json.loads((folder / _MANIFEST).read_text())["paths"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return []


def _copy_if_missing(source: Path, target: Path) -> None:
    if source.is_file() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
