"""DuckDB with the rows in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benchmarks.totals.engines.rows import MARK_FILE, MODEL_FILE, PART_FILE

_TABLES = {
    "mark": ("id BIGINT, name VARCHAR, country VARCHAR", MARK_FILE),
    "model": ("id BIGINT, name VARCHAR", MODEL_FILE),
    "part": (
        "id BIGINT, name VARCHAR, mark_id BIGINT, model_id BIGINT, price DECIMAL(12, 2), shown UTINYINT, color VARCHAR,"
        " is_new_part UTINYINT, side VARCHAR, article VARCHAR, year INTEGER, count INTEGER",
        PART_FILE,
    ),
}


class Duck:
    """A connection to a database in memory."""

    def __init__(self, connection: Any, version: str) -> None:
        self._connection, self.version = connection, version

    def totals(self, condition: str) -> tuple[int, Decimal]:
        """Return the count and the sum of the prices of the parts that meet the condition."""
        query = f"SELECT count(*), coalesce(sum(price), 0) FROM part WHERE {condition}"
        count, total = self._connection.execute(query).fetchone()
        return int(count), Decimal(total)

    def page(self, condition: str, offset: int) -> list[int]:
        """Read a page of ten parts, and return their ids."""
        query = f"SELECT * FROM part WHERE {condition} ORDER BY id LIMIT 10 OFFSET {offset}"
        return [int(row[0]) for row in self._connection.execute(query).fetchall()]

    def contains(self, column: str, text: str) -> str:
        """Return the condition that the text in ``column`` contains ``text``, a literal."""
        return f"contains({column}, {text})"


@contextmanager
def duck(folder: Path) -> Iterator[Duck]:
    """Load the files of the folder for the block."""
    import duckdb  # the benchmark alone installs it

    with duckdb.connect(":memory:") as connection:
        for table, (columns, file) in _TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            connection.execute(f"COPY {table} FROM '{folder / file}' (FORMAT csv, HEADER false)")
        yield Duck(connection, duckdb.__version__)
