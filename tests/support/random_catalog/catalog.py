"""Databases with the schema of the catalog, and a small catalog for random writes."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from tests.support.postgres import PostgresCluster

MARKS, MODELS = 5, 10
PARAMS = ["color", "is_new_part", "year", "side"]
_TEMPLATE = "migrated"
_MIGRATION_SECONDS = 120
_STATEMENT_SECONDS = 60
_START = f"""
    INSERT INTO mark (id, name, producer_country_name)
    SELECT id, (ARRAY['Honda', 'Kia', 'Лада', 'BMW', 'Opel'])[id], 'Япония' FROM generate_series(1, {MARKS}) AS id;
    INSERT INTO model (id, name, mark_id)
    SELECT id, 'Mo' || id, (id - 1) / 2 + 1 FROM generate_series(1, {MODELS}) AS id;
    UPDATE totals_state SET tracked_params = '{{color,is_new_part,year,side}}';
    UPDATE totals_state SET ready_params = tracked_params;
"""


def migrate(url: str, *target: str) -> None:
    """Apply the migrations to the database at ``url``, up to ``target`` if it is given."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DIRECT_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", *(("catalog", *target) if target else ())]
    subprocess.run(command, env=environment, check=True, timeout=_MIGRATION_SECONDS)


def add_template(cluster: PostgresCluster) -> None:
    """Create the database that ``new_catalog`` copies."""
    migrate(cluster.create_database(_TEMPLATE))


@contextmanager
def new_catalog(cluster: PostgresCluster, name: str = "catalog") -> Iterator[str]:
    """Yield the URL of a database with empty tables; remove it afterwards."""
    yield cluster.create_database(name, rest=f"TEMPLATE {_TEMPLATE}")
    cluster.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def connected(url: str, count: int = 1) -> AsyncIterator[list[asyncpg.Connection]]:
    """Yield connections that wait for no statement longer than a minute."""
    settings = {"jit": "off"}
    connections = [
        await asyncpg.connect(url, command_timeout=_STATEMENT_SECONDS, server_settings=settings) for _ in range(count)
    ]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.terminate()


async def add_marks(connection: asyncpg.Connection) -> None:
    """Insert marks and models without parts, and track ``PARAMS``."""
    await connection.execute(_START)
