"""A transaction whose statements all read one snapshot of the data."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from psycopg import IsolationLevel


@contextmanager
def in_snapshot(alias: str) -> Iterator[None]:
    """Read one snapshot of the data during the block, on the connection of this thread, and write nothing.

    The isolation level is part of BEGIN, so that it holds behind a pooler that gives each transaction another session.
    """
    driver: Any = connections[alias].connection
    driver.isolation_level, driver.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic(using=alias):
            yield
    finally:
        if not driver.closed:
            driver.isolation_level = driver.read_only = None
