"""The triggers of the catalog: one notification a transaction, and none for what did not happen."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from partsearch.database.schema import CATALOG_CHANNEL
from tests.conftest import truncate_catalog
from tests.support.catalog_data import KNOWN_CATALOG

_SECONDS = 0.3


@pytest.fixture
def ear(migrated_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that listens; the catalog is the known one."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute(f"LISTEN {CATALOG_CHANNEL}".encode())
        yield connection


def heard(ear: psycopg.Connection[Any]) -> int:
    return len(list(ear.notifies(timeout=_SECONDS)))


def test_a_transaction_is_one_notification(ear: psycopg.Connection[Any], migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as writer:
        for statement in (
            b"UPDATE part SET is_visible = NOT is_visible",
            b"UPDATE mark SET name = name || '!'",
            b"UPDATE model SET name = name || '!'",
            b"DELETE FROM part WHERE id < 200",
            b"TRUNCATE part",
        ):
            writer.execute(statement)
        assert heard(ear) == 0
        writer.commit()
        assert heard(ear) == 1
        writer.execute("DELETE FROM model")
        writer.rollback()
        assert heard(ear) == 0


@pytest.mark.parametrize("table", ["mark", "model", "part"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET is_visible = NOT is_visible", "DELETE FROM {} WHERE id = -1", "TRUNCATE {} CASCADE"]
)
def test_every_kind_of_change_of_every_table_is_heard(
    ear: psycopg.Connection[Any], migrated_database: str, table: str, change: str
) -> None:
    with psycopg.connect(migrated_database) as writer:
        writer.execute(change.format(table).encode())
    assert heard(ear) == 1
