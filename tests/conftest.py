"""One real site for all tests: PostgreSQL, both services and Nginx, in its own home, on free ports.

Its database is the embedded one; ``--database`` runs the same tests on another kind of database.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import psycopg
import pytest
from xdist.workermanage import NodeManager

from tests.support.as_account import give_to_account
from tests.support.neon.emulation import EmulatedNeon
from tests.support.postgres import PostgresCluster
from tests.support.site import RunningSite, free_ports

_HOME = pytest.StashKey[Path]()
_SERVERS = pytest.StashKey[ExitStack]()
_CATALOG = pytest.StashKey[str]()
_ENDING_SECONDS = 90


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--database`` and ``--long``."""
    parser.addoption(
        "--database", choices=["embedded", "debian", "neon"], default="embedded", help="the database of the site"
    )
    parser.addoption("--long", action="store_true", help="the long form of the tests that have one")


def pytest_configure(config: pytest.Config) -> None:
    """Point every setting at the home of the tests before a module of ours reads one.

    Generated inputs are the same in each run, so that a run fails only because of what has changed; ``--long``
    generates others.
    """
    hypothesis.settings.register_profile("same inputs", derandomize=True)
    hypothesis.settings.load_profile("default" if config.getoption("long") else "same inputs")
    home = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    config.stash[_HOME] = home
    ports = free_ports(5)
    for name in [name for name in os.environ if name.startswith(("PARTSEARCH_", "DATABASE_", "DIRECT_DATABASE"))]:
        del os.environ[name]
    os.environ.update(
        PARTSEARCH_HOME=str(home / "site"),
        PARTSEARCH_PORT=str(ports[0]),
        PARTSEARCH_DJANGO_PORTS=f"{ports[1]},{ports[2]}",
        PARTSEARCH_FASTAPI_PORTS=f"{ports[3]},{ports[4]}",
        SECRET_KEY="of the tests",
        PIP_CACHE_DIR=str(_pip_cache()),
        DJANGO_SETTINGS_MODULE="partsearch.django_service.settings",
    )
    # A shell that starts pytest in the background makes it and its children ignore SIGINT, which some tests send.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_SERVERS] = ExitStack()
    if _only_schedules(config):
        # An interrupted worker stops its sites first. xdist, which has no option for it, would kill it after 10 s.
        NodeManager.EXIT_TIMEOUT = _ENDING_SECONDS
        return
    url = _database_url(config.getoption("database"), config.stash[_SERVERS])
    if url:
        os.environ["DATABASE_URL"] = url


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files without a test that is marked ``alone`` where only such tests run.

    To import all of them takes ten seconds, in which nothing else runs.
    """
    is_other = collection_path.suffix == ".py" and b"pytest.mark.alone" not in collection_path.read_bytes()
    return True if config.getoption("markexpr") == "alone" and is_other else None


def _pip_cache() -> Path:
    """Return the cache of pip for all releases that tests build; without it each home would fill its own."""
    folder = Path(tempfile.gettempdir(), f"partsearch-test-pip-{os.geteuid()}")
    folder.mkdir(exist_ok=True)
    give_to_account(folder)
    return folder


def _only_schedules(config: pytest.Config) -> bool:
    """Return whether this process only distributes the tests to workers."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def _database_url(kind: str, servers: ExitStack) -> str | None:
    """Return the URL of a database of this kind, which runs as long as ``servers`` is open."""
    if kind == "debian":
        return servers.enter_context(PostgresCluster.started()).create_database("partsearch", owner="partsearch")
    if kind == "neon":
        return servers.enter_context(EmulatedNeon.started()).pooled_url
    return None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers and remove the home."""
    config.stash[_SERVERS].close()
    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """Yield a folder for another site. pytest makes its own folders unreadable to the site's account."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def live_site(pytestconfig: pytest.Config) -> Iterator[RunningSite]:
    """Run the site. Its catalog is empty at the start of a file; later it is what the test before left."""
    with RunningSite.started(dict(os.environ)) as site:
        pytestconfig.stash[_CATALOG] = site.conninfo
        yield site


@pytest.fixture(scope="module", autouse=True)
def empty_catalog_after_each_file(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the catalog of the shared site after the tests of a file."""
    yield
    of_this_file = (item for item in request.session.items if item.path == request.path)
    if any("live_site" in getattr(item, "fixturenames", ()) for item in of_this_file):
        conninfo = request.config.stash.get(_CATALOG, None)
        if conninfo:
            truncate_catalog(conninfo)


@pytest.fixture(scope="session")
def migrated_database(live_site: RunningSite, pytestconfig: pytest.Config) -> Iterator[str]:
    """Yield the connection string of the site's database for psycopg; Django is set up on it."""
    from partsearch.database.address.configured import direct_database_address
    from partsearch.database.django_setup import ensure_django

    ensure_django()
    from partsearch.django_service import folding as of_django
    from partsearch.fastapi_service import app as of_fastapi
    from partsearch.totals.folding import Folding

    def folding() -> Folding:
        # This process may be root, and a file of root in the home stops every command of the site.
        return Folding(direct_database_address(), pytestconfig.stash[_HOME] / "folding.lock")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of_django, "site_folding", folding)
        patch.setattr(of_fastapi, "site_folding", folding)
        yield live_site.conninfo


@pytest.fixture
def empty_catalog(migrated_database: str) -> str:
    """Empty the catalog; return the connection string of the database."""
    truncate_catalog(migrated_database)
    return migrated_database


def truncate_catalog(conninfo: str) -> None:
    """Empty the catalog, and forget its imports; ids start at 1 again."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("TRUNCATE part, model, mark, price_list_import, price_list_change RESTART IDENTITY CASCADE")
