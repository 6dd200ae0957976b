"""Asking the database, with a time limit on every question."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.watchdog import Watchdog, cut

_QUESTION_SECONDS = 10.0
_watchdog = Watchdog()


class Asked:
    """A connection that only asks.

    Each question is a transaction of its own and leaves nothing prepared behind, so that a pooler does not mind.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        self.connection = psycopg.connect(
            address.conninfo(), autocommit=True, prepare_threshold=None, client_encoding="utf8"
        )

    def __enter__(self) -> "Asked":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of an answer."""
        with self._limited():
            return self.connection.execute(query.encode(), values or None).fetchall()

    def row(self, query: str, *values: object) -> tuple[Any, ...]:
        """The first row of an answer that always has one."""
        return self.rows(query, *values)[0]

    def value(self, query: str, *values: object) -> Any:
        """The first value of the first row."""
        return self.row(query, *values)[0]

    @contextmanager
    def _limited(self) -> Iterator[None]:
        with _watchdog.limit(_QUESTION_SECONDS, partial(cut, self.connection.fileno())):
            yield
