"""What the site's PostgreSQL says of itself: its version, the settings that make it slow or fast, its rows."""

from dataclasses import dataclass

import psycopg

from partsearch.bench.errors import BenchError
from partsearch.database.address import DatabaseAddress
from partsearch.database.doctor.asking import Asked

_COUNT = "SELECT (SELECT count(*) FROM mark), (SELECT count(*) FROM model), (SELECT count(*) FROM part)"
_TABLES = ("mark", "model", "part")

# Only kinds that say how the server works: not where it is, how it is reached, or what commands it runs, which may
# hold secrets and differ between two homes of the same machine.
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
    """What was asked: the version, the settings that are not PostgreSQL's defaults, the rows of each table."""

    version: str
    settings: dict[str, str]
    rows: dict[str, int]


def database_facts(address: DatabaseAddress) -> DatabaseFacts:
    """Asks the database at ``address``, which is the site's.

    Raises:
        BenchError: it does not answer, or has no catalog.
    """
    try:
        with Asked(address) as asked:
            version = str(asked.value("SHOW server_version"))
            rows = dict(zip(_TABLES, map(int, asked.row(_COUNT)), strict=True))
            return DatabaseFacts(version, dict(asked.rows(_SETTINGS)), rows)
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BenchError(
            f"The database {address.shown()} cannot be asked about itself: {said}.", "See 'partsearch doctor'."
        ) from error
