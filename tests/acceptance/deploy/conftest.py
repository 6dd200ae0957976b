"""A site of its own for the updates, with a catalog, that other tests never see half-updated."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import RunningSite, free_environment

PARTS = 300


@pytest.fixture(scope="session")
def updated_site() -> Iterator[RunningSite]:
    """The site; its release is whatever the test before left."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    try:
        with RunningSite.started(free_environment(folder / "home")) as site:
            generated = site.run("generate", str(PARTS))
            assert generated.returncode == 0, generated.stderr
            yield site
    finally:
        shutil.rmtree(folder)
