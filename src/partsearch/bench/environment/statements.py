"""The SQL statements that PostgreSQL has run, from its extension pg_stat_statements, where it has that."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from partsearch.bench.record import Statement
from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.configured import direct_database_address
from partsearch.database.doctor.asking import Asked
from partsearch.database.embedded import configure, superuser_address
from partsearch.settings import Settings

_ABSENT = "PostgreSQL has no pg_stat_statements here: add it to shared_preload_libraries, and CREATE EXTENSION it"
_ABSENT_EMBEDDED = (
    "this PostgreSQL was started by an older release: 'partsearch down' and 'up' give it pg_stat_statements"
)
_RELOAD_SECONDS = 5
_POLL_SECONDS = 0.02
_NO_SITE = "no database of this site is measured"

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
    """What PostgreSQL has run in the site's database since it counts.

    The embedded one counts only as long as this is open.

    Attributes:
        unknown: why PostgreSQL does not tell; empty where it does.
    """

    unknown: str
    _asked: Asked | None = None
    _read: str = ""
    _database: str = ""
    _embedded: Settings | None = None

    @classmethod
    def of_site(cls, settings: Settings | None) -> "StatementLog":
        """That of the site's database; ``None`` where no site of ours is measured. To be closed."""
        if settings is None:
            return cls(_NO_SITE)
        site = direct_database_address(settings)
        is_embedded = site.kind is DatabaseKind.EMBEDDED
        # The embedded one keeps the extension out of the site's database; its view shows all databases.
        try:
            asked = Asked(superuser_address(settings) if is_embedded else site)
        except psycopg.Error as error:
            return cls(f"PostgreSQL cannot be asked: {_first_line(error)}")
        try:
            reading, name = _reading(asked), _name_of(site, asked)
            if is_embedded:
                _track(settings, asked, wanted=True)
        except (psycopg.Error, LookupError):
            asked.connection.close()
            return cls(_ABSENT_EMBEDDED if is_embedded else _ABSENT)
        except OSError as error:
            asked.connection.close()
            return cls(f"PostgreSQL cannot be told to count statements: {error.strerror}")
        return cls("", asked, reading, name, settings if is_embedded else None)

    def close(self) -> None:
        """Has the embedded PostgreSQL stop counting, and ends the connection."""
        if self._asked:
            self._asked.connection.close()
        if self._embedded:
            # A server that is gone, or slow to take it, starts without counting or takes it later.
            with suppress(psycopg.Error, LookupError), Asked(superuser_address(self._embedded)) as asked:
                _track(self._embedded, asked, wanted=False)

    def read(self) -> Snapshot:
        """What has been run so far, by PostgreSQL's number of the statement; empty where PostgreSQL does not tell.

        A database that fails meanwhile is not asked again, and ``unknown`` says why.
        """
        if self._asked is None or self.unknown:
            return {}
        try:
            rows = self._asked.rows(self._read, self._database)
        except psycopg.Error as error:
            self.unknown = f"PostgreSQL did not answer: {_first_line(error)}"
            return {}
        return {
            number: Statement(_short(text), calls, float(seconds), rows) for number, text, calls, seconds, rows in rows
        }


def between(before: Snapshot, after: Snapshot) -> tuple[Statement, ...]:
    """What was run between two readings, the longest in all first."""
    found = []
    for number, now in after.items():
        then = before.get(number, Statement("", 0, 0.0, 0))
        if now.calls > then.calls:
            seconds = max(0.0, now.seconds - then.seconds)
            found.append(Statement(now.text, now.calls - then.calls, seconds, now.rows - then.rows))
    return tuple(sorted(found, key=lambda one: -one.seconds))


def _track(settings: Settings, asked: Asked, *, wanted: bool) -> None:
    """Has the embedded PostgreSQL count statements, or stop.

    Not by ALTER SYSTEM: that would last if this process were killed, and this does until the next start at the most.

    Raises:
        OSError: its settings may not be written.
        psycopg.Error: it does not answer, or does not have the library.
        LookupError: it has not taken the settings.
    """
    configure(settings, tracks_statements=wanted)
    asked.value("SELECT pg_reload_conf()")
    deadline = time.monotonic() + _RELOAD_SECONDS
    while (asked.value("SHOW pg_stat_statements.track") == "none") is wanted:
        if time.monotonic() > deadline:
            raise LookupError("pg_stat_statements.track")
        time.sleep(_POLL_SECONDS)


def _reading(asked: Asked) -> str:
    """The query for the view, tried once: the extension may be there and its library not loaded.

    Raises:
        LookupError: the extension is not there.
        psycopg.Error: it does not work.
    """
    rows = asked.rows(_SCHEMA)
    if not rows:
        raise LookupError("pg_stat_statements")
    query = _READ.format(schema=rows[0][0])
    asked.rows(query, "")
    return query


def _name_of(address: DatabaseAddress, asked: Asked) -> str:
    return address.parameters.get("dbname") or str(asked.value("SELECT current_database()"))


def _short(text: str) -> str:
    return " ".join(text.split())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
