"""Copies of databases for the tests: run, held at a moment, looked at from outside."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.deadline import wait_for
from tests.support.site import COMMAND_SECONDS, RunningSite

LAST_TABLE = "price_list_part"
"""A copy that comes to this table has brought all others over, and nothing is kept yet."""

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
"""
_SURROUNDINGS = {
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 0",
    "counters": "SELECT sequencename::text, last_value FROM pg_sequences",
}


def rows_of(conninfo: str) -> dict[str, list[str]]:
    """Every row of every table as text, generated columns too."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET timezone = 'UTC'")
        tables = [name for (name,) in connection.execute(_TABLES)]
        queries = {name: sql.SQL("SELECT row_::text FROM {} AS row_").format(sql.Identifier(name)) for name in tables}
        return {name: sorted(row for (row,) in connection.execute(query)) for name, query in queries.items()}


def surroundings_of(conninfo: str) -> dict[str, list[Any]]:
    """What is around the rows: indexes, triggers, constraints, counters."""
    with psycopg.connect(conninfo) as connection:
        return {name: sorted(connection.execute(query.encode())) for name, query in _SURROUNDINGS.items()}


def state_of(conninfo: str) -> tuple[dict[str, list[str]], dict[str, list[Any]]]:
    """All that a copy might change."""
    return rows_of(conninfo), surroundings_of(conninfo)


@contextmanager
def running_copy(site: RunningSite, *arguments: str, addresses: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A copy that runs beside the test, and is gone after it."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "partsearch"), "copy-database", *arguments],
        env={**site.environment, **addresses},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_as_in_a_terminal,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _as_in_a_terminal() -> None:
    """Tests that are run in the background or under nohup hand on signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def said_by(process: subprocess.Popen[str]) -> str:
    """All that it printed until its end."""
    out, err = process.communicate(timeout=COMMAND_SECONDS)
    return out + err


@contextmanager
def standing_still(source: str) -> Iterator[psycopg.Connection[Any]]:
    """A copy from ``source`` that is begun within the block comes to the last table, and waits there.

    Yields the connection that holds it up; the end of its transaction lets the copy go on.
    """
    with psycopg.connect(source) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(LAST_TABLE)))
        yield holder


def wait_until_it_stands(process: subprocess.Popen[str], source: str) -> None:
    """Returns when all but the last table is brought over."""

    def stands() -> bool:
        assert process.poll() is None, said_by(process)
        query = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass)"
        row = watcher.execute(query, [LAST_TABLE]).fetchone()
        return row is not None and bool(row[0])

    with psycopg.connect(source, autocommit=True) as watcher:
        wait_for(stands, what="the moment before the last table")
