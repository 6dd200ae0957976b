"""Servers with a migrated database, and a new catalog for each test."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import DEBIAN_15, EMBEDDED, PostgresCluster
from tests.support.random_catalog.catalog import add_template, new_catalog
from tests.support.random_catalog.session import Session

MARKS = """
    INSERT INTO mark (id, name, producer_country_name) VALUES
        (1, 'Honda', 'Япония'), (2, 'Kia', 'Корея'), (3, 'Лада', '');
    INSERT INTO model (id, name, mark_id) VALUES (1, 'Accord', 1), (2, 'Rio', 2), (3, 'Niva', 3), (4, 'Civic', 1)
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresCluster]:
    """Yield a server of the embedded version."""
    with PostgresCluster.started(EMBEDDED) as started:
        add_template(started)
        yield started


@pytest.fixture(scope="module", params=[EMBEDDED, DEBIAN_15], ids=["embedded", "debian"])
def any_cluster(request: pytest.FixtureRequest) -> Iterator[PostgresCluster]:
    """Yield a server of each version."""
    with PostgresCluster.started(request.param) as started:
        add_template(started)
        yield started


@pytest.fixture
def url(cluster: PostgresCluster) -> Iterator[str]:
    """Yield the URL of an empty catalog."""
    with new_catalog(cluster) as url:
        yield url


@pytest.fixture
def session(url: str) -> Iterator[Session]:
    """Yield a session on a catalog of three marks and four models."""
    with Session.opened(url) as opened:
        opened.run(MARKS)
        yield opened
