"""Copies of databases for the tests: run one, pause it, and observe it from outside."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.deadline import wait_for
from tests.support.processes import as_in_a_terminal
from tests.support.site import COMMAND_SECONDS, RunningSite

LAST_TABLE = "price_list_part"
"""The last table of a copy: when it is reached, all others are copied, and nothing is committed."""

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
        AND relname NOT LIKE 'totals%'
"""
_SURROUNDINGS = {
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 0",
    "counters": "SELECT sequencename::text, last_value FROM pg_sequences",
}


def rows_of(conninfo: str) -> dict[str, list[str]]:
    """Return every row of every table that is copied as text, generated columns too."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET timezone = 'UTC'")
        tables = [name for (name,) in connection.execute(_TABLES)]
        queries = {name: sql.SQL("SELECT row_::text FROM {} AS row_").format(sql.Identifier(name)) for name in tables}
        return {name: sorted(row for (row,) in connection.execute(query)) for name, query in queries.items()}


def schema_of(conninfo: str) -> dict[str, list[Any]]:
    """Return the indexes, triggers, constraints and sequences."""
    with psycopg.connect(conninfo) as connection:
        return {name: sorted(connection.execute(query.encode())) for name, query in _SURROUNDINGS.items()}


def state_of(conninfo: str) -> tuple[dict[str, list[str]], dict[str, list[Any]]]:
    """Return everything that a copy might change."""
    return rows_of(conninfo), schema_of(conninfo)


@contextmanager
def running_copy(site: RunningSite, *arguments: str, addresses: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a copy during the block, and end it after the block."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "partsearch"), "copy-database", *arguments],
        env={**site.environment, **addresses},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def output_of(process: subprocess.Popen[str]) -> str:
    """Return its whole output, after its end."""
    out, err = process.communicate(timeout=COMMAND_SECONDS)
    return out + err


@contextmanager
def paused_at_last_table(source: str) -> Iterator[psycopg.Connection[Any]]:
    """Make a copy from ``source`` that starts within the block wait at the last table.

    Yield the connection that blocks it; the copy continues when the transaction of this connection ends.
    """
    with psycopg.connect(source) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(LAST_TABLE)))
        yield holder


def wait_until_paused(process: subprocess.Popen[str], source: str) -> None:
    """Return when all tables but the last are copied."""

    def is_paused() -> bool:
        assert process.poll() is None, output_of(process)
        query = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass)"
        row = watcher.execute(query, [LAST_TABLE]).fetchone()
        return row is not None and bool(row[0])

    with psycopg.connect(source, autocommit=True) as watcher:
        wait_for(is_paused, what="the moment before the last table")
