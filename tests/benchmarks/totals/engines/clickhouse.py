"""chDB, the engine of ClickHouse in a process, with the rows in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benchmarks.totals.engines.rows import MARK_FILE, MODEL_FILE, PART_FILE

_TABLES = {
    "mark": ("id Int64, name String, country String", MARK_FILE),
    "model": ("id Int64, name String", MODEL_FILE),
    "part": (
        "id Int64, name String, mark_id Int64, model_id Int64, price Decimal(12, 2), shown UInt8, color"
        " Nullable(String), is_new_part Nullable(UInt8), side Nullable(String), article Nullable(String),"
        " year Nullable(Int32), count Nullable(Int32)",
        PART_FILE,
    ),
}


class ClickHouse:
    """A session with tables in memory."""

    def __init__(self, session: Any, version: str) -> None:
        self._session, self.version = session, version

    def totals(self, condition: str) -> tuple[int, Decimal]:
        """Return the count and the sum of the prices of the parts that meet the condition."""
        [(count, total)] = self._rows(f"SELECT count(), sum(price) FROM part WHERE {condition}")
        return int(count), Decimal(total)

    def page(self, condition: str, offset: int) -> list[int]:
        """Read a page of ten parts, and return their ids."""
        rows = self._rows(f"SELECT * FROM part WHERE {condition} ORDER BY id LIMIT 10 OFFSET {offset}")
        return [int(row[0]) for row in rows]

    def contains(self, column: str, text: str) -> str:
        """Return the condition that the text in ``column`` contains ``text``, a literal."""
        return f"position({column}, {text}) > 0"

    def _rows(self, query: str) -> list[list[str]]:
        lines = str(self._session.query(query, "TabSeparated")).splitlines()
        return [line.split("\t") for line in lines]


@contextmanager
def clickhouse(folder: Path) -> Iterator[ClickHouse]:
    """Load the files of the folder for the block."""
    import chdb  # the benchmark alone installs it
    from chdb.session import Session

    session: Any
    with Session() as session:  # type: ignore[no-untyped-call]
        session.query("CREATE DATABASE parts ENGINE = Memory")
        session.query("USE parts")
        for table, (columns, file) in _TABLES.items():
            session.query(f"CREATE TABLE {table} ({columns}) ENGINE = Memory")
            session.query(f"INSERT INTO {table} SELECT * FROM file('{folder / file}', 'CSV', '{columns}')")
        yield ClickHouse(session, chdb.__version__)
