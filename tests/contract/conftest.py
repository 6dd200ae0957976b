"""The two services, and the known catalog."""

from collections.abc import Iterator

import pytest

from tests.conftest import truncate_catalog
from tests.contract.asking import Service
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.site import RunningSite


@pytest.fixture(scope="module", autouse=True)
def no_traceback_is_logged(live_site: RunningSite) -> Iterator[None]:
    """Check that neither service logs a stack trace, whatever the tests send."""
    logs = [live_site.home / "logs" / f"{service}-blue.log" for service in ("django", "fastapi")]
    lengths = [log.stat().st_size for log in logs]
    yield
    for log, length in zip(logs, lengths, strict=True):
        said = log.read_bytes()[length:].decode()
        assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def release(live_site: RunningSite) -> str:
    """The release of the running site, from ``partsearch status``."""
    running: str = live_site.status()["release"]
    return running


@pytest.fixture(scope="module")
def django(live_site: RunningSite, release: str) -> Service:
    """The Django service."""
    return Service("django", release, live_site.django_url, live_site.client)


@pytest.fixture(scope="module")
def fastapi(live_site: RunningSite, release: str) -> Service:
    """The FastAPI service."""
    return Service("fastapi", release, live_site.fastapi_url, live_site.client)


@pytest.fixture(scope="module", params=["django", "fastapi"])
def service(request: pytest.FixtureRequest) -> Service:
    """Each of the two services in turn."""
    chosen: Service = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="module")
def services(django: Service, fastapi: Service) -> tuple[Service, Service]:
    """Both services, to be compared."""
    return django, fastapi


@pytest.fixture(scope="module")
def known_catalog(migrated_database: str) -> Catalog:
    """The known catalog, alone in the database; the tests that use it do not change it."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    return KNOWN_CATALOG
