"""The two services, and the known catalog."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from partsearch.bench.environment.plain_services import plain_services
from partsearch.bench.options import PlainService
from partsearch.operation.site import Site
from partsearch.settings import settings
from tests.conftest import truncate_catalog
from tests.contract.asking import Service
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.site import RunningSite

_TUNED = ("django", "fastapi")
_OF_SEARCHES = {
    "test_filters",
    "test_normalization",
    "test_params",
    "test_query_string",
    "test_search_random",
    "test_totals",
    "test_two_readings",
    "test_unicode_text",
    "test_wrong_fields",
}
"""The files whose tests the plain services of ``partsearch bench`` have to pass too."""


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


@pytest.fixture(scope="session")
def plain(live_site: RunningSite, release: str) -> Iterator[dict[str, Service]]:
    """The idiomatic variants of both services, by name."""
    with plain_services(Site(settings()), list(PlainService)) as running:
        yield {
            name: Service(name.removesuffix("-plain"), release, service.address, live_site.client)
            for name, service in running.items()
        }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that ask a ``service`` once for each of the two, and for the plain ones where they answer too."""
    own = [mark for mark in metafunc.definition.iter_markers("parametrize") if mark.args[0] == "service"]
    if "service" in metafunc.fixturenames and not own:
        names = [*_TUNED, *(PlainService if _is_of_searches(metafunc.module) else ())]
        metafunc.parametrize("service", list(map(str, names)), indirect=True, scope="module")


def _is_of_searches(module: ModuleType) -> bool:
    """Return whether a file tests ``/search/part/`` alone, which the plain services answer too."""
    return module.__name__.rpartition(".")[2] in _OF_SEARCHES


@pytest.fixture(scope="module")
def service(request: pytest.FixtureRequest) -> Service:
    """Return each service in turn."""
    chosen: Service
    if request.param in _TUNED:
        chosen = request.getfixturevalue(request.param)
    else:
        chosen = request.getfixturevalue("plain")[request.param]
    return chosen


@pytest.fixture(scope="module")
def services(request: pytest.FixtureRequest, django: Service, fastapi: Service) -> tuple[Service, ...]:
    """Return the services to compare: both tuned ones first, then the plain ones where they answer too."""
    others = request.getfixturevalue("plain").values() if _is_of_searches(request.module) else ()
    return django, fastapi, *others


@pytest.fixture(scope="module")
def known_catalog(migrated_database: str) -> Catalog:
    """The known catalog, alone in the database; the tests that use it do not change it."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    return KNOWN_CATALOG
