"""Computes generated columns anew where a rule of theirs has changed, beside searches and writes.

An ``UPDATE`` computes those generated columns that come from a column that it sets. Only rows whose stored values
differ are written, a few in each transaction; so it may be interrupted at any time, and goes on when it is run again.
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
_WORTH_A_VACUUM = 1_000
_WRITER_SECONDS = 30.0
_POLL_SECONDS = 0.1


def recompute(connection: Any, affected: str) -> int:
    """Compute the generated columns of all rows that differ from their rule; return how many rows that were.

    Args:
        connection: in autocommit.
        affected: a regular expression that every text meets for which the rule has changed; tells most rows quickly.

    Raises:
        OperationalError: a transaction that writes does not end, or a row stays locked; what is done stays done.
    """
    with connection.cursor() as cursor:
        _wait_for_writers(cursor)
        return sum(_recompute_table(cursor, table, affected) for table in _STALE)


def _wait_for_writers(cursor: Any) -> None:
    """Wait for the transactions that write now: a statement that has begun goes on with the rule it began with."""
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
        _rest(began)
        for first in range(0, len(ids), _ROWS_WRITTEN):
            began = time.monotonic()
            cursor.execute(update, {"affected": affected, "ids": ids[first : first + _ROWS_WRITTEN]})
            written += cursor.rowcount
            _rest(began)
    if written >= _WORTH_A_VACUUM:
        # Searches are answered from indexes alone again only when the pages that were written are known to be clean.
        cursor.execute(f"VACUUM {table}")
    return written


def _rest(began: float) -> None:
    """Leave the processor to searches for as long as the step has taken."""
    time.sleep(time.monotonic() - began)
