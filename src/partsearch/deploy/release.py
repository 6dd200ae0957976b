"""The releases of a home: which there are, and what is known of each."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from partsearch.deploy.errors import DeployError
from partsearch.operation.release import Release, checkout_release, installed_release
from partsearch.settings import settings

MANIFEST = "release.json"
"""Written last, so that a folder without it was never finished and is no release."""


def running_checkout() -> Release:
    """The checkout that this command runs from."""
    return checkout_release(settings())


def release_folder(home: Path) -> Path:
    """Where the releases of ``home`` lie."""
    return home / "releases"


def releases(home: Path) -> list[Release]:
    """The releases that lie complete under ``home``, the newest first."""
    manifests = release_folder(home).glob(f"*/{MANIFEST}")
    newest_first = sorted(manifests, key=lambda path: (path.stat().st_mtime_ns, path), reverse=True)
    found = (installed_release(home, path.parent.name) for path in newest_first)
    return [release for release in found if release]


def release_named(home: Path, release_id: str) -> Release:
    """The release of this id: one under ``home``, else the checkout where it has that id.

    Raises:
        DeployError: there is none.
    """
    checkout = running_checkout()
    found = installed_release(home, release_id) or (checkout if checkout.id == release_id else None)
    if found:
        return found
    known = ", ".join([*(release.id for release in releases(home)), checkout.id])
    raise DeployError(f"There is no release {release_id} in {release_folder(home)}.", f"There are: {known}.")


def manifest(release: Release) -> Mapping[str, Any]:
    """What was noted when the release was built; nothing for a checkout."""
    if release.root is None:
        return {}
    noted: Mapping[str, Any] = json.loads((release.root / MANIFEST).read_text())
    return noted
