"""The SQL statements that PostgreSQL has run, from its extension pg_stat_statements."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from partsearch.bench.record import Statement
from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.address.configured import direct_database_address
from partsearch.database.embedded import configure, superuser_address
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.query_connection import QueryConnection
from partsearch.settings import Settings

_ABSENT = "PostgreSQL has no pg_stat_statements: add it to shared_preload_libraries, and run CREATE EXTENSION"
_ABSENT_EMBEDDED = (
    "an older release started this PostgreSQL: 'partsearch down' and 'partsearch up' give it pg_stat_statements"
)
_RELOAD_SECONDS = 5
_POLL_SECONDS = 0.02
_NO_SITE = "the run does not measure a database of this site"

_SCHEMA = """
    SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'pg_stat_statements'
"""
_READ = """
    SELECT queryid, query, sum(calls)::bigint, sum(total_plan_time + total_exec_time) / 1000, sum(rows)::bigint
    FROM {schema}.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %s)
      AND queryid IS NOT NULL AND query NOT LIKE '%%pg_stat_statements%%'
    GROUP BY queryid, query
"""

Snapshot = Mapping[int, Statement]


@dataclass
class StatementLog:
    """The statements that PostgreSQL has run in the site's database since it counts them.

    The embedded PostgreSQL counts only while the log is open.

    Attributes:
        unknown: why the statements are unknown; empty where they are known.
    """

    unknown: str
    _connection: QueryConnection | None = None
    _read: str = ""
    _database: str = ""
    _embedded: Settings | None = None

    @classmethod
    def of_site(cls, settings: Settings | None) -> "StatementLog":
        """Return the log of the site's database, which the caller closes; ``None`` is a run without the site."""
        if settings is None:
            return cls(_NO_SITE)
        site = direct_database_address(settings)
        is_embedded = site.kind is DatabaseKind.EMBEDDED
        # The embedded PostgreSQL has the extension in another database than the site's; its view shows all databases.
        try:
            connection = QueryConnection(superuser_address(settings) if is_embedded else site)
        except psycopg.Error as error:
            return cls(f"PostgreSQL does not answer: {first_line(error)}")
        try:
            reading, name = _reading(connection), _database_name(site, connection)
            if is_embedded:
                _track(settings, connection, wanted=True)
        except (psycopg.Error, LookupError):
            connection.close()
            return cls(_ABSENT_EMBEDDED if is_embedded else _ABSENT)
        except OSError as error:
            connection.close()
            return cls(f"PostgreSQL cannot be set to count statements: {error.strerror}")
        return cls("", connection, reading, name, settings if is_embedded else None)

    def close(self) -> None:
        """Stop the counting of the embedded PostgreSQL, and close the connection."""
        if self._connection:
            self._connection.close()
        if self._embedded:
            # A server that is gone starts without counting; a slow one applies the settings later.
            with suppress(psycopg.Error, LookupError), QueryConnection(superuser_address(self._embedded)) as connection:
                _track(self._embedded, connection, wanted=False)

    def read(self) -> Snapshot:
        """Return the statements so far by their query id; empty where they are unknown.

        A database that fails is not read again, and ``unknown`` says why.
        """
        if self._connection is None or self.unknown:
            return {}
        try:
            rows = self._connection.rows(self._read, self._database)
        except psycopg.Error as error:
            self.unknown = f"PostgreSQL did not answer: {first_line(error)}"
            return {}
        return {
            number: Statement(_short(text), calls, float(seconds), rows) for number, text, calls, seconds, rows in rows
        }


def between(before: Snapshot, after: Snapshot) -> tuple[Statement, ...]:
    """Return the statements between two snapshots, the longest total time first."""
    statements = []
    for number, now in after.items():
        then = before.get(number, Statement("", 0, 0.0, 0))
        if now.calls > then.calls:
            seconds = max(0.0, now.seconds - then.seconds)
            statements.append(Statement(now.text, now.calls - then.calls, seconds, now.rows - then.rows))
    return tuple(sorted(statements, key=lambda statement: -statement.seconds))


def _track(settings: Settings, connection: QueryConnection, *, wanted: bool) -> None:
    """Turn the counting of the embedded PostgreSQL on or off.

    The settings last until the next start at most. Those of ALTER SYSTEM would last if this process were killed.

    Raises:
        OSError: the settings may not be written.
        psycopg.Error: the server does not answer, or does not have the library.
        LookupError: the server has not applied the settings.
    """
    configure(settings, tracks_statements=wanted)
    connection.value("SELECT pg_reload_conf()")
    deadline = time.monotonic() + _RELOAD_SECONDS
    while (connection.value("SHOW pg_stat_statements.track") == "none") is wanted:
        if time.monotonic() > deadline:
            raise LookupError("pg_stat_statements.track")
        time.sleep(_POLL_SECONDS)


def _reading(connection: QueryConnection) -> str:
    """Return the query of the view after a first try: the extension may exist without its library being loaded.

    Raises:
        LookupError: the extension does not exist.
        psycopg.Error: the view does not work.
    """
    rows = connection.rows(_SCHEMA)
    if not rows:
        raise LookupError("pg_stat_statements")
    query = _READ.format(schema=rows[0][0])
    connection.rows(query, "")
    return query


def _database_name(address: DatabaseAddress, connection: QueryConnection) -> str:
    return address.parameters.get("dbname") or str(connection.value("SELECT current_database()"))


def _short(text: str) -> str:
    return " ".join(text.split())
