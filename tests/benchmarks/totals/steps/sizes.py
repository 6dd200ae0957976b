"""The size on disk of the tables of the totals, and of the parts with their indexes."""

from typing import Any

import psycopg

from tests.benchmarks.totals.catalogs import Catalog

_SIZES = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid)
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND (relname = 'part' OR relname ~ '^totals_')
    ORDER BY relname
"""


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return the bytes of each table and of its indexes."""
    with psycopg.connect(catalog.conninfo) as connection:
        rows = connection.execute(_SIZES).fetchall()
    return {name: {"table": int(table), "indexes": int(indexes)} for name, table, indexes in rows}
