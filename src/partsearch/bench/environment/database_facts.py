"""The facts of the site's PostgreSQL: its version, the settings that affect its speed, its rows."""

from dataclasses import dataclass

import psycopg

from partsearch.bench.errors import BenchError
from partsearch.database.address import DatabaseAddress
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.query_connection import QueryConnection

_COUNT = "SELECT (SELECT count(*) FROM mark), (SELECT count(*) FROM model), (SELECT count(*) FROM part)"
_TABLES = ("mark", "model", "part")

# Only settings of how the server works. Settings of where it is, how to connect to it and what commands it runs may
# hold secrets, and differ between two homes on the same machine.
_SETTINGS = """
    SELECT name, current_setting(name)
    FROM pg_settings
    WHERE source NOT IN ('default', 'override', 'client', 'session')
      AND (category ~ '^(Resource Usage|Query Tuning|Vacuuming|Write-Ahead Log / (Settings|Checkpoints)|Statistics)'
           OR category ~ '^Client Connection Defaults / (Statement Behavior|Shared Library Preloading)'
           OR category = 'Lock Management'
           OR name IN ('max_connections', 'client_connection_check_interval', 'log_min_duration_statement')
           OR name LIKE 'pg\\_stat\\_statements.%')
    ORDER BY name
"""


@dataclass(frozen=True)
class DatabaseFacts:
    """The version, the settings that are not PostgreSQL's defaults, and the rows of each table."""

    version: str
    settings: dict[str, str]
    rows: dict[str, int]


def database_facts(address: DatabaseAddress) -> DatabaseFacts:
    """Return the facts of the site's database.

    Raises:
        BenchError: the database does not answer, or has no catalog.
    """
    try:
        with QueryConnection(address) as connection:
            version = str(connection.value("SHOW server_version"))
            rows = dict(zip(_TABLES, map(int, connection.row(_COUNT)), strict=True))
            return DatabaseFacts(version, dict(connection.rows(_SETTINGS)), rows)
    except psycopg.Error as error:
        raise BenchError(
            f"The facts of the database {address.display_name()} cannot be read: {first_line(error)}.",
            "See 'partsearch doctor'.",
        ) from error
