"""What the planner knows of the catalog."""

import psycopg

from partsearch.database.configured import direct_database_address

_TABLES = "mark, model, part"


def refresh_statistics() -> None:
    """Has PostgreSQL look at the catalog anew, for a load that has changed it.

    Until its own autovacuum comes by, a minute later at the best, searches would be planned for the catalog as it was.
    """
    with psycopg.connect(direct_database_address().conninfo(), autocommit=True) as connection:
        connection.execute(f"ANALYZE {_TABLES}")
