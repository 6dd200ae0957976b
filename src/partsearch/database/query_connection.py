"""A connection for single read queries, each with a time limit."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.watchdog import Watchdog, shut_down

_QUERY_SECONDS = 10.0
_watchdog = Watchdog()


class QueryConnection:
    """A connection that only reads.

    Each query is a transaction of its own and prepares no statement, so it works through a pooler too.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        self.connection = psycopg.connect(
            address.conninfo(), autocommit=True, prepare_threshold=None, client_encoding="utf8"
        )

    def __enter__(self) -> "QueryConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._time_limit():
            return self.connection.execute(query.encode(), values or None).fetchall()

    def row(self, query: str, *values: object) -> tuple[Any, ...]:
        """Return the first row of a query that always has one."""
        return self.rows(query, *values)[0]

    def value(self, query: str, *values: object) -> Any:
        """Return the first value of the first row."""
        return self.row(query, *values)[0]

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        with _watchdog.limit(_QUERY_SECONDS, partial(shut_down, self.connection.fileno())):
            yield
