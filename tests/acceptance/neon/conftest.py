"""The emulated Neon, and a site with a small catalog on it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.neon.emulation import EmulatedNeon
from tests.support.site import RunningSite, free_environment


@pytest.fixture(scope="package")
def neon() -> Iterator[EmulatedNeon]:
    """An emulated Neon for the tests of this package; each test leaves it awake and open."""
    with EmulatedNeon.started() as emulated:
        yield emulated


@pytest.fixture(scope="package")
def neon_site(neon: EmulatedNeon) -> Iterator[RunningSite]:
    """A site whose only database setting is the connection string of Neon's console."""
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as folder:
        environment = {**free_environment(Path(folder) / "home"), "DATABASE_URL": neon.pooled_url}
        with RunningSite.started(environment) as site:
            generated = site.run("generate", "500")
            assert generated.returncode == 0, generated.stderr
            yield site
