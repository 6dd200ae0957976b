"""Loads the statements in ``queries/`` by their names, and runs them on Django's connection.

A file has several statements, each after a line ``-- name: find_changes``.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import connection

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def _statements() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files(__package__).joinpath("queries").iterdir():
        _, *pieces = _NAME.split(file.read_text("utf-8"))
        found.update(zip(pieces[::2], pieces[1::2], strict=True))
    return found


def statement(name: str) -> str:
    """Return the text of a statement."""
    return _statements()[name]


def run(name: str, **parameters: Any) -> None:
    """Run a statement that returns no rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or None)


def rows(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def value(name: str, **parameters: Any) -> Any:
    """Run a statement and return the first column of its only row."""
    return rows(name, **parameters)[0][0]
