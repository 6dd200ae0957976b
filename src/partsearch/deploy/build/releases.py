"""The releases of a home and their manifests."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from partsearch.deploy.errors import DeployError
from partsearch.operation.release import Release, checkout_release, installed_release
from partsearch.settings import settings

MANIFEST = "release.json"
"""The build writes it last: a folder without it is an unfinished build, not a release."""


def running_checkout() -> Release:
    """Return the checkout that this command runs from."""
    return checkout_release(settings())


def release_folder(home: Path) -> Path:
    """Return the folder of the releases of ``home``."""
    return home / "releases"


def releases(home: Path) -> list[Release]:
    """Return the complete releases under ``home``, the newest first."""
    manifests = release_folder(home).glob(f"*/{MANIFEST}")
    newest_first = sorted(manifests, key=lambda path: (path.stat().st_mtime_ns, path), reverse=True)
    found = (installed_release(home, path.parent.name) for path in newest_first)
    return [release for release in found if release]


def release_named(home: Path, release_id: str) -> Release:
    """Return the release of this id: one under ``home``, otherwise the checkout if it has this id.

    Raises:
        DeployError: there is no such release.
    """
    checkout = running_checkout()
    found = installed_release(home, release_id) or (checkout if checkout.id == release_id else None)
    if found:
        return found
    available = ", ".join([*(release.id for release in releases(home)), checkout.id])
    raise DeployError(f"There is no release {release_id} in {release_folder(home)}.", f"Available: {available}.")


def read_manifest(release: Release) -> Mapping[str, Any]:
    """Return the manifest of a release; empty for a checkout."""
    if release.root is None:
        return {}
    manifest: Mapping[str, Any] = json.loads((release.root / MANIFEST).read_text())
    return manifest
