"""The services, and the known catalog."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from partsearch.bench.environment.plain_services import plain_services
from partsearch.bench.options import PlainService
from partsearch.operation.site import Site
from partsearch.settings import settings
from tests.conftest import truncate_catalog
from tests.contract.service_client import Service
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.site import RunningSite

_TUNED = ("django", "fastapi")
_SEARCH_FILES = {
    "test_filters",
    "test_normalization",
    "test_params",
    "test_query_string",
    "test_search_random",
    "test_totals",
    "test_params_as_json_or_text",
    "test_unicode_text",
    "test_invalid_fields",
}
"""The files whose tests the plain services of ``partsearch bench`` have to pass too."""

_DATABASE_FREE_FILES = {
    "test_nginx_answers",
    "test_nginx_paths",
    "test_raw_requests",
    "test_schemathesis",
    "test_unreadable",
    "test_unusual_http",
}
"""The files about HTTP and the OpenAPI document: they find the same on every database.

``test_any_request`` also sends requests of every form, and runs on each.
"""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files for which the kind of the database makes no difference, unless it is the embedded one."""
    is_other = config.getoption("database") != "embedded"
    return True if is_other and collection_path.stem in _DATABASE_FREE_FILES else None


@pytest.fixture(scope="module", autouse=True)
def no_traceback_is_logged(live_site: RunningSite) -> Iterator[None]:
    """Fail if a service logs a traceback during the tests: no request may cause an error in our code."""
    logs = [live_site.home / "logs" / f"{service}-blue.log" for service in ("django", "fastapi")]
    lengths = [log.stat().st_size for log in logs]
    yield
    for log, length in zip(logs, lengths, strict=True):
        logged = log.read_bytes()[length:].decode()
        assert "Traceback" not in logged, logged


@pytest.fixture(scope="session")
def release(live_site: RunningSite) -> str:
    """Return the release of the site as ``partsearch status`` reports it."""
    running: str = live_site.status()["release"]
    return running


@pytest.fixture(scope="module")
def django(live_site: RunningSite, release: str) -> Service:
    """Return the Django service."""
    return Service("django", release, live_site.django_url, live_site.client)


@pytest.fixture(scope="module")
def fastapi(live_site: RunningSite, release: str) -> Service:
    """Return the FastAPI service."""
    return Service("fastapi", release, live_site.fastapi_url, live_site.client)


@pytest.fixture(scope="session")
def plain(live_site: RunningSite, release: str) -> Iterator[dict[str, Service]]:
    """Yield the idiomatic variants of both services by name."""
    with plain_services(Site(settings()), list(PlainService)) as running:
        yield {
            name: Service(name.removesuffix("-plain"), release, service.address, live_site.client)
            for name, service in running.items()
        }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that ask a ``service`` once for each of the two, and for the plain ones where they answer too."""
    own = [mark for mark in metafunc.definition.iter_markers("parametrize") if mark.args[0] == "service"]
    if "service" in metafunc.fixturenames and not own:
        names = [*_TUNED, *(PlainService if _tests_plain_services(metafunc.module, metafunc.config) else ())]
        metafunc.parametrize("service", list(map(str, names)), indirect=True, scope="module")


def _tests_plain_services(module: ModuleType, config: pytest.Config) -> bool:
    """Return whether the plain services have to pass a file: it tests ``/search/part/`` alone.

    They run only for the bench, so the embedded database is enough.
    """
    return module.__name__.rpartition(".")[2] in _SEARCH_FILES and config.getoption("database") == "embedded"


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
    others = request.getfixturevalue("plain").values() if _tests_plain_services(request.module, request.config) else ()
    return django, fastapi, *others


@pytest.fixture(scope="module")
def known_catalog(migrated_database: str) -> Catalog:
    """Insert the known catalog alone and return it. Tests that use this fixture do not change it."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    return KNOWN_CATALOG
