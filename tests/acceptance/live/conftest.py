"""A catalog that the tests change by plain SQL, and what PostgreSQL knows of those who listen."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import truncate_catalog
from tests.support.catalog_data import KNOWN_CATALOG
from tests.support.site import RunningSite

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'partsearch live'"

Connection = psycopg.Connection[Any]


@pytest.fixture
def catalog(live_site: RunningSite) -> Iterator[Connection]:
    """A connection to the database, which holds the known catalog; every statement is a transaction."""
    truncate_catalog(live_site.conninfo)
    KNOWN_CATALOG.insert(live_site.conninfo)
    with psycopg.connect(live_site.conninfo, autocommit=True) as connection:
        for table in ("mark", "model", "part"):
            connection.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH 2000".encode())
        yield connection


def cut_listeners(connection: Connection) -> None:
    """Ends every one of them."""
    connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) AS listener".encode())


def listeners(connection: Connection) -> list[int]:
    """The backends that hear of changes on behalf of live search."""
    return [row[0] for row in connection.execute(LISTENERS)]
