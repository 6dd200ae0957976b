"""Where the static files of this release lie."""

import sys
from pathlib import Path


def static_folder(home: Path) -> Path:
    """A release under ``PARTSEARCH_HOME/releases`` has its own, beside its environment; a checkout uses the home's."""
    release = Path(sys.prefix).resolve().parent
    return (release if release.parent == home.resolve() / "releases" else home) / "static"
