"""The checks of the database: can the site serve from it, and if not, what is to be done."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg

from partsearch.contract.errors import PartsearchError
from partsearch.database.address import database_address, direct_database_address
from partsearch.database.connections import needed_connections
from partsearch.database.finding import Finding
from partsearch.database.reachability import require_reachable
from partsearch.database.readiness import CATALOG, needed_migration
from partsearch.settings import Settings

_ROUND_TRIPS = 20
_SLOW_MILLISECONDS = 20


def database_findings(settings: Settings) -> Iterator[Finding]:
    """Checks the database of these settings."""
    try:
        address = database_address(settings)
        for checked in {address.conninfo(): address, direct_database_address(settings).conninfo(): address}.values():
            require_reachable(checked)
        with psycopg.connect(address.conninfo()) as connection:
            yield Finding("database", f"{address.kind}, {address.shown()}, PostgreSQL {_version(connection)}")
            yield _locale(connection)
            yield from _schema(connection)
            yield _connection_limit(connection)
            yield _round_trip(connection)
    except PartsearchError as error:
        yield Finding("database", str(error), is_fault=True, next_step=error.next_step)


def _one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def _version(connection: psycopg.Connection[Any]) -> str:
    return str(_one(connection, "SHOW server_version")).split()[0]


def _locale(connection: psycopg.Connection[Any]) -> Finding:
    """pg_trgm takes for letters what LC_CTYPE takes for letters; under C, none of Cyrillic."""
    character_type = _one(connection, "SELECT datctype FROM pg_database WHERE datname = current_database()")
    installed = _one(connection, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
    if not installed:
        return Finding("pg_trgm", "is not installed", is_fault=True, next_step="Run 'partsearch manage migrate'.")
    if not _one(connection, "SELECT show_trgm('бампер') <> '{}'"):
        return Finding(
            "locale",
            f"LC_CTYPE is {character_type}: indexes see no Cyrillic letters",
            is_fault=True,
            next_step="Make the database anew with LC_CTYPE C.UTF-8: "
            "CREATE DATABASE ... LOCALE 'C.UTF-8' TEMPLATE template0.",
        )
    return Finding("locale", f"LC_CTYPE is {character_type}: indexes see Cyrillic letters")


def _schema(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    migrated = _one(connection, "SELECT to_regclass('django_migrations') IS NOT NULL") and _one(
        connection, "SELECT count(*) FROM django_migrations WHERE app = %s AND name = %s", CATALOG, needed_migration()
    )
    if not migrated:
        yield Finding(
            "schema", f"{needed_migration()} is missing", is_fault=True, next_step="Run 'partsearch manage migrate'."
        )
        return
    yield Finding("schema", f"up to date ({needed_migration()})")
    estimate = _one(connection, "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'part'::regclass")
    yield Finding("catalog", f"about {estimate:,} parts")


def _connection_limit(connection: psycopg.Connection[Any]) -> Finding:
    limit = int(_one(connection, "SHOW max_connections"))
    needed = needed_connections()
    text = f"{limit} allowed, the site needs up to {needed}"
    if limit >= needed:
        return Finding("connections", text)
    return Finding("connections", text, is_fault=True, next_step="Raise max_connections, or lower PARTSEARCH_WORKERS.")


def _round_trip(connection: psycopg.Connection[Any]) -> Finding:
    durations = []
    for _ in range(_ROUND_TRIPS):
        started = time.perf_counter()
        _one(connection, "SELECT 1")
        durations.append((time.perf_counter() - started) * 1000)
    median = sorted(durations)[_ROUND_TRIPS // 2]
    advice = (
        "Move the services nearer to the database: each search waits this long." if median > _SLOW_MILLISECONDS else ""
    )
    return Finding("round trip", f"{median:.2f} ms", next_step=advice)
