"""The emulated Neon and its two addresses, a client that is logged in to the admin, and issues of a list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def admin_client(empty_catalog: str) -> Iterator[Any]:
    """Yield a client of Django that is logged in as a superuser."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    staff, _ = User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    yield client
    teardown_test_environment()


@pytest.fixture
def issue(tmp_path: Path) -> Any:
    """Return what imports issues of a list."""
    from tests.integration.import_issues import Issues

    return Issues(tmp_path)
