"""A catalog that the tests change by plain SQL, and the connections of the change listeners."""

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
    """Return an autocommit connection to the database, which has the known catalog."""
    truncate_catalog(live_site.conninfo)
    KNOWN_CATALOG.insert(live_site.conninfo)
    with psycopg.connect(live_site.conninfo, autocommit=True) as connection:
        for table in ("mark", "model", "part"):
            connection.execute(f"ALTER SEQUENCE {table}_id_seq RESTART WITH 2000".encode())
        yield connection


def cut_listeners(connection: Connection) -> None:
    """Cut the connection of every change listener."""
    connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) AS listener".encode())


def listeners(connection: Connection) -> list[int]:
    """Return the backends of the change listeners."""
    return [row[0] for row in connection.execute(LISTENERS)]
