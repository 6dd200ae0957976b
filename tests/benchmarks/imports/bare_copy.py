"""COPY of the rows of the catalog into the empty tables of another database, with their indexes and triggers."""

import time
from pathlib import Path

import psycopg
from psycopg import sql

from tests.benchmarks.databases import drop_database, new_database
from tests.support.site import RunningSite

_COLUMNS = {
    "mark": ("id", "name", "producer_country_name", "is_visible"),
    "model": ("id", "name", "mark_id", "is_visible"),
    "part": ("id", "name", "mark_id", "model_id", "price", "json_data", "is_visible"),
}
_DATABASE = "bare"
_CHUNK = 1 << 18
_MIGRATE_SECONDS = 600


def write_rows(conninfo: str, folder: Path) -> None:
    """Write the rows of the catalog into files of the folder, in the order of their ids."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET statement_timeout = 0")
        for table, columns in _COLUMNS.items():
            command = sql.SQL("COPY (SELECT {} FROM {} ORDER BY id) TO STDOUT")
            select = command.format(_names(columns), sql.Identifier(table))
            with _file(folder, table).open("wb") as file, connection.cursor() as cursor, cursor.copy(select) as copy:
                file.writelines(copy)


def copy_seconds(site: RunningSite, folder: Path) -> float:
    """Return the seconds of COPY of the files into a new database of the site's cluster, with the commit."""
    url = new_database(site, _DATABASE)
    try:
        migrated = site.run("manage", "migrate", "--verbosity", "0", seconds=_MIGRATE_SECONDS, DATABASE_URL=url)
        if migrated.returncode:
            raise RuntimeError(migrated.stderr)
        with psycopg.connect(url) as connection:
            connection.execute("SET statement_timeout = 0")
            connection.commit()
            started = time.perf_counter()
            for table in _COLUMNS:
                _copy(connection, table, _file(folder, table))
            connection.commit()
            return time.perf_counter() - started
    finally:
        drop_database(site, _DATABASE)


def _copy(connection: psycopg.Connection, table: str, rows: Path) -> None:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(_COLUMNS[table]))
    with rows.open("rb") as file, connection.cursor() as cursor, cursor.copy(command) as copy:
        while chunk := file.read(_CHUNK):
            copy.write(chunk)


def _names(columns: tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.copy"
