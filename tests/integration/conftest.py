"""The emulated Neon and its two addresses."""

from collections.abc import Iterator

import pytest

from tests.support.neon.emulation import EmulatedNeon


@pytest.fixture(scope="module")
def neon() -> Iterator[EmulatedNeon]:
    """Yield one emulation for the tests of a file."""
    with EmulatedNeon.started() as emulated:
        yield emulated


@pytest.fixture(params=["pooled", "direct"])
def url(request: pytest.FixtureRequest, neon: EmulatedNeon) -> str:
    """Return each of the two addresses."""
    return neon.pooled_url if request.param == "pooled" else neon.direct_url
