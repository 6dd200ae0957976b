"""Recompute generated columns after a change of their functions, while searches and writes continue.

An ``UPDATE`` recomputes the generated columns that depend on a column that it sets. Only rows whose stored values
differ are written, a few per transaction. So it can be interrupted at any time, and the next run continues.
"""

import time
from typing import Any

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

_STALE = {
    "mark": "name_normalized <> partsearch_normalize(name)"
    " OR producer_country_name_normalized <> partsearch_normalize(producer_country_name)",
    "model": "name_normalized <> partsearch_normalize(name)",
    "part": "name_normalized <> partsearch_normalize(name)"
    " OR attributes <> partsearch_attributes(json_data)"
    " OR color IS DISTINCT FROM partsearch_color(json_data)",
}
_TEXT = {"mark": "name || producer_country_name", "model": "name", "part": "name || json_data::text"}
_STEP = """
    SELECT max(id), coalesce(array_agg(id ORDER BY id) FILTER (WHERE {stale}), '{{}}')
    FROM (SELECT * FROM {table} WHERE id > %(last)s ORDER BY id LIMIT %(rows)s) AS {table}
"""
_UPDATE = "UPDATE {table} SET {columns} WHERE id = ANY (%(ids)s) AND ({stale})"
_SET = {
    "mark": "name = name, producer_country_name = producer_country_name",
    "model": "name = name",
    "part": "name = name, json_data = json_data",
}
_WRITERS = """
    SELECT DISTINCT pg_locks.virtualtransaction, pg_locks.pid
    FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND relation = ANY (%s::regclass[]::oid[]) AND mode = 'RowExclusiveLock'
        AND granted AND pid IS DISTINCT FROM pg_backend_pid()
"""
_ROWS_READ = 2_000
_ROWS_WRITTEN = 200
_VACUUM_ROWS = 1_000
_WRITER_SECONDS = 30.0
_POLL_SECONDS = 0.1


def recompute(connection: Any, affected: str) -> int:
    """Recompute the generated columns of all rows whose stored values are outdated; return the number of rows.

    Args:
        connection: a connection in autocommit mode.
        affected: a regular expression that matches every text for which the function has changed; it excludes most
            rows quickly.

    Raises:
        OperationalError: a writing transaction does not end, or a row stays locked; the rows done so far stay done.
    """
    with connection.cursor() as cursor:
        _wait_for_writers(cursor)
        return sum(_recompute_table(cursor, table, affected) for table in _STALE)


def _wait_for_writers(cursor: Any) -> None:
    """Wait for the current writing transactions: a running statement still uses the old function."""
    deadline = time.monotonic() + _WRITER_SECONDS
    before = writers = _writers(cursor)
    while before & writers:
        if time.monotonic() > deadline:
            pids = ", ".join(sorted(str(pid) for _, pid in before & writers))
            raise OperationalError(f"a transaction that writes to the catalog does not end: process {pids}") from (
                LockNotAvailable()
            )
        time.sleep(_POLL_SECONDS)
        writers = _writers(cursor)


def _writers(cursor: Any) -> set[tuple[str, int]]:
    cursor.execute(_WRITERS, [list(_STALE)])
    return set(cursor.fetchall())


def _recompute_table(cursor: Any, table: str, affected: str) -> int:
    stale = f"({_TEXT[table]}) ~ %(affected)s AND ({_STALE[table]})"
    step = _STEP.format(table=table, stale=stale)
    update = _UPDATE.format(table=table, stale=stale, columns=_SET[table])
    last, written = -(2**63), 0
    while last is not None:
        began = time.monotonic()
        cursor.execute(step, {"affected": affected, "last": last, "rows": _ROWS_READ})
        last, ids = cursor.fetchone()
        _pause(began)
        for first in range(0, len(ids), _ROWS_WRITTEN):
            began = time.monotonic()
            cursor.execute(update, {"affected": affected, "ids": ids[first : first + _ROWS_WRITTEN]})
            written += cursor.rowcount
            _pause(began)
    if written >= _VACUUM_ROWS:
        # Index-only scans need the visibility map, which VACUUM updates for the written pages.
        cursor.execute(f"VACUUM {table}")
    return written


def _pause(began: float) -> None:
    """Sleep as long as the step has taken, to leave processor time to the searches."""
    time.sleep(time.monotonic() - began)
