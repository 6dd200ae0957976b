"""A site of its own for the deployments, so that no other test uses it during one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import RunningSite, free_environment

PARTS = 300


@pytest.fixture(scope="session")
def deployed_site() -> Iterator[RunningSite]:
    """A site with a catalog, and the release that the test before left."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    try:
        with RunningSite.started(free_environment(folder / "home")) as site:
            generated = site.run("generate", str(PARTS))
            assert generated.returncode == 0, generated.stderr
            yield site
    finally:
        shutil.rmtree(folder)
