"""A server with catalogs whose totals are built, and such whose totals are not."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.rebuild import rebuild
from tests.support.postgres import PostgresCluster
from tests.support.totals import CATALOG, address_of, query

_SECONDS = 120


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """Yield a server with a migrated database, ``empty``, and one whose parts have no planes, ``unbuilt``."""
    with PostgresCluster.started() as started:
        address = started.create_database("empty")
        command = [sys.executable, "-m", "django", "migrate", "--noinput", "--verbosity", "0"]
        environment = {**os.environ, "DATABASE_URL": address, "DIRECT_DATABASE_URL": address}
        subprocess.run(command, check=True, timeout=_SECONDS, env=environment)
        unbuilt = started.create_database("unbuilt", rest="TEMPLATE empty")
        query(unbuilt, f"UPDATE totals_state SET is_ready = false; {CATALOG}; DELETE FROM totals_change; ANALYZE part")
        yield started


@pytest.fixture(scope="module")
def built_template(cluster: PostgresCluster) -> str:
    """Return the name of a database whose planes are built."""
    address = cluster.create_database("built", rest="TEMPLATE unbuilt")
    with TotalsConnection(address_of(address)) as connection:
        rebuild(connection, lambda _done, _of: None)
    return "built"


@pytest.fixture
def unbuilt(cluster: PostgresCluster) -> Iterator[str]:
    """Yield a database whose planes are not built."""
    yield cluster.create_database("test", rest="TEMPLATE unbuilt")
    cluster.run("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def url(cluster: PostgresCluster, built_template: str) -> Iterator[str]:
    """Yield a database whose planes are built."""
    yield cluster.create_database("test", rest=f"TEMPLATE {built_template}")
    cluster.run("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def connection(url: str) -> Iterator[TotalsConnection]:
    """Yield a connection to that database for work on the planes."""
    with TotalsConnection(address_of(url)) as opened:
        yield opened
