"""One session on a catalog: writes, folds and compares, a statement at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from partsearch.contract.request.search import read_search
from partsearch.fastapi_service import composer
from partsearch.totals.conditions import plane_conditions

LOCK = "LOCK TABLE totals_state IN EXCLUSIVE MODE NOWAIT"
_ALL_SEGMENTS = "SELECT DISTINCT totals_segment_of(id) FROM part"
_LONGEST_WAIT = "-c statement_timeout=60s -c jit=off"
_BY_PLANES_ONLY: tuple[Mapping[str, Any], ...] = (
    {},
    {"price_gte": 1},
    {"price_lte": 500},
    {"part_name": "а"},
    {"part_name": "фара"},
    {"mark_list": [1, 2, 3]},
    {"model_list": [1]},
    {"producer_country_name": "Япония"},
    {"producer_country_name": "Корея"},
    {"params": {"color": "белый"}},
    {"page": 2},
)


class Session:
    """An open connection in autocommit mode. Its statements have parameters ``$1``, ``$2``, ..."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(
            url, autocommit=True, cursor_factory=psycopg.RawCursor, options=_LONGEST_WAIT
        )

    @classmethod
    @contextmanager
    def opened(cls, url: str) -> Iterator["Session"]:
        """Yield a session; close it after the block."""
        session = cls(url)
        try:
            yield session
        finally:
            session._connection.close()

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Execute a statement; return its rows."""
        arguments = [list(value) if isinstance(value, tuple) else value for value in values]
        cursor = self._connection.execute(sql.encode(), arguments or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first value of a query, None if it has no row."""
        rows = self.run(sql, *values)
        return rows[0][0] if rows else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Run the block in a transaction that may write planes."""
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try:
            self.run(LOCK)
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def fold(self, most: int = 1_000_000) -> int:
        """Fold the oldest changes; return how many parts they were."""
        with self.locked():
            folded: int = self.value("SELECT totals_fold($1)", most)
        return folded

    def sum_layers(self) -> int:
        """Sum all layers that can be summed; return how many they were."""
        summed = 0
        with self.locked():
            while self.value("SELECT totals_sum_next()"):
                summed += 1
        return summed

    def rebuild(self) -> None:
        """Rebuild every segment that has parts, each in a transaction."""
        for (segment,) in self.run(_ALL_SEGMENTS):
            with self.locked():
                self.run("SELECT totals_rebuild_segment($1)", segment)

    def answers(self, fields: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return what the plain statement and what the planes answer in one snapshot."""
        search = read_search(dict(fields))
        planes = plane_conditions(search)
        assert planes is not None
        by_scan, by_planes = composer.find_parts_by_scan(search), composer.find_parts_by_planes(search, planes)
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            return self.value(by_scan.sql, *by_scan.values), self.value(by_planes.sql, *by_planes.values)
        finally:
            self.run("COMMIT")

    def check(self, *searches: Mapping[str, Any]) -> None:
        """Assert that the planes answer as the parts do, now, after a fold, and with the sums of the layers."""
        for state in ("before the fold", "after the fold", "with sums"):
            for fields in (*_BY_PLANES_ONLY, *searches):
                expected, answer = self.answers(fields)
                assert answer == expected, (state, fields)
            if state == "before the fold":
                self.fold()
            elif state == "after the fold":
                self.sum_layers()
