"""The triggers of the catalog: one notification per transaction, and none after a rollback."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from partsearch.database.schema import CATALOG_CHANNEL
from tests.conftest import truncate_catalog
from tests.support.catalog_data import KNOWN_CATALOG

_SECONDS = 20
_END = "the end"


@pytest.fixture
def listener(migrated_database: str) -> Iterator[psycopg.Connection[Any]]:
    """Insert the known catalog; yield a connection that listens."""
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute(f"LISTEN {CATALOG_CHANNEL}".encode())
        yield connection


def received_notifications(listener: psycopg.Connection[Any], conninfo: str) -> int:
    """Return how many notifications arrive before one that is sent now: they arrive in the order of the commits."""
    with psycopg.connect(conninfo, autocommit=True) as other:
        other.execute("SELECT pg_notify(%s, %s)", [CATALOG_CHANNEL, _END])
    for number, notification in enumerate(listener.notifies(timeout=_SECONDS)):
        if notification.payload == _END:
            return number
    pytest.fail(f"the last notification did not arrive within {_SECONDS} s")


def test_a_transaction_sends_one_notification(listener: psycopg.Connection[Any], migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as writer:
        for statement in (
            b"UPDATE part SET is_visible = NOT is_visible",
            b"UPDATE mark SET name = name || '!'",
            b"UPDATE model SET name = name || '!'",
            b"DELETE FROM part WHERE id < 200",
            b"TRUNCATE part",
        ):
            writer.execute(statement)
        assert received_notifications(listener, migrated_database) == 0
        writer.commit()
        assert received_notifications(listener, migrated_database) == 1
        writer.execute("DELETE FROM model")
        writer.rollback()
        assert received_notifications(listener, migrated_database) == 0


@pytest.mark.parametrize("table", ["mark", "model", "part"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET is_visible = NOT is_visible", "DELETE FROM {} WHERE id = -1", "TRUNCATE {} CASCADE"]
)
def test_every_kind_of_change_of_every_table_notifies(
    listener: psycopg.Connection[Any], migrated_database: str, table: str, change: str
) -> None:
    with psycopg.connect(migrated_database) as writer:
        writer.execute(change.format(table).encode())
    assert received_notifications(listener, migrated_database) == 1
