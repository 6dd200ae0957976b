"""Catalogs for the tests of the totals: several segments, some of them with parts that have changed since a fold."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.totals.connection import APPLICATION_NAME, TotalsConnection
from partsearch.totals.verify import Verification, verify

SEGMENT_PARTS = 64_000
SEGMENTS = [-1, 0, 1, 5]
PARTS_PER_SEGMENT = 400

# Ids next to the borders of their segments too; params with few values, with many, and rare ones.
CATALOG = """
    INSERT INTO mark (id, name, producer_country_name, is_visible) VALUES
        (1, 'Honda', 'Япония', true), (2, 'Lada', 'Россия', true), (3, 'Kia', 'Корея', false);
    INSERT INTO model (id, name, mark_id, is_visible) VALUES
        (1, 'Accord', 1, true), (2, 'Niva', 2, true), (3, 'Rio', 3, true), (4, 'Civic', 1, false);
    INSERT INTO part (id, name, mark_id, model_id, price, json_data, is_visible)
    SELECT
        segment * 64000 + CASE WHEN number = 400 THEN 63999 ELSE number * 7 - 7 END,
        (ARRAY['Бампер передний', 'Фара левая', 'Дверь задняя дверь', 'Диск R16'])[number % 4 + 1],
        (ARRAY[1, 2, 3, 1])[number % 4 + 1], (ARRAY[1, 2, 3, 4])[number % 4 + 1], number * 10.05,
        jsonb_build_object(
            'color', (ARRAY['белый', 'чёрный'])[number % 2 + 1], 'is_new_part', number % 3 = 0,
            'year', 2000 + number % 20, 'oem', 'A' || segment || number
        ),
        number % 10 > 0
    FROM unnest('{-1,0,1,5}'::bigint[]) AS segment, generate_series(1, 400) AS number
"""


def address_of(url: str) -> DatabaseAddress:
    """Return the address of a connection string."""
    parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    return DatabaseAddress(DatabaseKind.LOCAL, parameters)


def query(url: str, text: str) -> Any:
    """Return the first value of a query, or None if it returns nothing."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def differing_segments(url: str) -> list[int]:
    """Return the segments whose planes are not those of their parts."""
    return [difference.segment for difference in verification(url).differences]


def verification(url: str) -> Verification:
    """Return the comparison of all planes with the parts."""
    with TotalsConnection(address_of(url)) as connection:
        return verify(connection, lambda _done, _of: None)


def kill_totals_connections(url: str) -> int:
    """End the backends of all connections that work on the totals; return how many there were."""
    killed = query(
        url,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        f" WHERE application_name = '{APPLICATION_NAME}' AND datname = current_database()",
    )
    return int(killed)


def is_waiting(url: str) -> bool:
    """Return whether a connection that works on the totals waits for a lock."""
    return bool(
        query(
            url,
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            f" AND application_name = '{APPLICATION_NAME}' AND datname = current_database())",
        )
    )


@contextmanager
def locked_table(url: str, table: str, mode: str) -> Iterator["psycopg.Connection[Any]"]:
    """Lock a table for the block."""
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())
        yield connection
        connection.rollback()
