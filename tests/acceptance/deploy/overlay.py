"""Releases for the tests without a build: the source of this checkout, with a change, and its packages.

Other tests cover the build, which would take longer than the rest of these tests.
"""

import json
import shutil
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.as_account import as_account
from tests.support.documents import ROOT
from tests.support.site import RunningSite

_PACKAGE = "partsearch"


@dataclass(frozen=True)
class Change:
    """A text of a file of the package and its replacement; without ``before`` the file is a new one."""

    file: str
    before: str
    after: str


def overlay_release(site: RunningSite, release_id: str, changes: Sequence[Change] = ()) -> str:
    """Add a release to those that the site keeps, and return its id."""
    return as_account(_overlay, site.home, release_id, changes)


def _overlay(home: Path, release_id: str, changes: Sequence[Change]) -> str:
    root = home / "releases" / release_id
    sources = root / "sources"
    # With what is compiled: otherwise each process of the release would compile every module.
    shutil.copytree(ROOT / "src" / _PACKAGE, sources / _PACKAGE)
    for change in changes:
        apply(sources / _PACKAGE / change.file, change)
    venv.create(root / "venv", symlinks=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(root / "venv"), "platbase": str(root / "venv")})
    (Path(packages) / "overlay.pth").write_text(f"{sources}\n{sysconfig.get_path('purelib')}\n")
    shutil.copytree(home / "static", root / "static")
    (root / "release.json").write_text(json.dumps({"id": release_id, "source": "a test", "packages": None}))
    _open_to_all(root)
    return release_id


def apply(path: Path, change: Change) -> None:
    """Apply a change to the file at ``path``."""
    if not change.before:
        path.write_text(change.after)
        return
    text = path.read_text()
    assert change.before in text, f"{path} has changed: {change.before!r} is not in it"
    path.write_text(text.replace(change.before, change.after))


def _open_to_all(root: Path) -> None:
    """Let the account of the site read the release, whatever the umask."""
    for path in (root.parent, root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
