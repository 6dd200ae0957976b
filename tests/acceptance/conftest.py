"""The fixtures that several acceptance tests share."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from partsearch.database.account import is_root
from tests.conftest import truncate_catalog
from tests.integration.price_lists import write_dismantlers_list
from tests.support.catalog_data import KNOWN_CATALOG
from tests.support.postgres import PostgresCluster
from tests.support.site import RunningSite

OWNER = "keeper"
ADMIN, ADMIN_PASSWORD = "chief", "a long password of the chief"

# Only root has privileges to drop.
collect_ignore = [] if is_root() else ["test_root_drop.py"]

_EDIT_WORDS = """
    INSERT INTO vehicle_alias (alias, alias_key, mark) VALUES ('Мерзик', 'mepзиk', 'Mercedes-Benz');
    UPDATE vehicle_alias SET is_active = false WHERE alias = 'Мерс';
    INSERT INTO synonym (written, meanings) VALUES ('железяка', '{бампер,крыло}');
    UPDATE synonym SET is_active = false WHERE written = 'торпедо';
    INSERT INTO missed_search (words, times, last_seen) VALUES ('железяка', 3, '2026-01-02 03:04:05.678901Z');
"""
_RESTORE_WORDS = """
    DELETE FROM vehicle_alias WHERE shipped_key IS NULL;
    UPDATE vehicle_alias SET is_active = true WHERE NOT is_active;
    DELETE FROM synonym WHERE shipped_key IS NULL;
    UPDATE synonym SET is_active = true WHERE NOT is_active;
    DELETE FROM missed_search;
"""

NewDatabase = Callable[[], str]
_numbers = count()


@pytest.fixture(scope="session")
def other_cluster(live_site: RunningSite) -> Iterator[PostgresCluster]:
    """Debian's PostgreSQL 15, with a database ``migrated`` as the template of others."""
    with PostgresCluster.started() as cluster:
        address = cluster.create_database("migrated", OWNER)
        done = live_site.run("manage", "migrate", "--verbosity", "0", DATABASE_URL=address)
        assert done.returncode == 0, done.stderr
        yield cluster


@pytest.fixture(scope="session")
def new_database(other_cluster: PostgresCluster) -> NewDatabase:
    """Return a function that creates a database with this release's tables and no rows, and returns its address."""
    return lambda: other_cluster.create_database(f"copy_{next(_numbers)}", OWNER, "TEMPLATE migrated")


@pytest.fixture(scope="module")
def full_site(live_site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """The site with rows of every unusual kind, an imported list, edited aliases and synonyms, and an account."""
    truncate_catalog(live_site.conninfo)
    with psycopg.connect(live_site.conninfo) as connection:
        for table in ("mark", "model", "part"):
            connection.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH 2000".encode())
        connection.execute(_EDIT_WORDS)
    KNOWN_CATALOG.insert(live_site.conninfo)
    path: Path = write_dismantlers_list(tmp_path_factory.mktemp("lists"))
    settings = {"DJANGO_SUPERUSER_PASSWORD": ADMIN_PASSWORD}
    for command in (
        ("import", str(path)),
        ("manage", "createsuperuser", "--noinput", "--username", ADMIN, "--email", "chief@example.com"),
    ):
        done = live_site.run(*command, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
    yield live_site
    truncate_catalog(live_site.conninfo)
    with psycopg.connect(live_site.conninfo) as connection:
        connection.execute(_RESTORE_WORDS)
    with psycopg.connect(live_site.conninfo) as connection:
        connection.execute("TRUNCATE auth_user, django_session CASCADE")
