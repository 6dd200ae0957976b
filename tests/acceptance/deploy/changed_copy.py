"""Releases for the tests without a build: the packages of this checkout, and a changed copy of our source."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import partsearch
from partsearch.operation.release import Release

MIGRATIONS = "catalog/migrations"


@contextmanager
def changed_copy(release_id: str, changes: Mapping[str, str | None]) -> Iterator[Release]:
    """Yield a release that differs from the checkout in some files.

    Args:
        release_id: its id.
        changes: the new text of a file by its path in the package; ``None`` removes the file.
    """
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o755)
    try:
        package = folder / "partsearch"
        shutil.copytree(Path(partsearch.__file__).parent, package)
        for path, text in changes.items():
            if text is None:
                (package / path).unlink()
            else:
                (package / path).write_text(text)
        python = folder / "python"
        python.write_text(f'#!/bin/sh\nPYTHONPATH={folder} PYTHONDONTWRITEBYTECODE=1 exec {sys.executable} "$@"\n')
        python.chmod(0o755)
        yield Release(release_id, None, python, "a copy of the checkout")
    finally:
        shutil.rmtree(folder)
