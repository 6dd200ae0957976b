"""New rows get in although somebody has given ids by hand."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from partsearch.database.id_counters import COUNTED_TABLES, IdCounter, id_counters

_ATTEMPTS = 4
_COUNTED_ONE_BY_ONE = 10_000
_Result = TypeVar("_Result")


def bring_ids_forward() -> None:
    """Brings the counters of the catalog's ids past the ids that are in use. One that is not behind stays as it is."""
    for counter in id_counters(_ask):
        if counter.is_behind:
            _bring_forward(counter)


def with_free_ids(insert: Callable[[], _Result]) -> _Result:
    """Return what ``insert`` returns, which runs in a transaction of its own, or in a savepoint of the caller's.

    Where it meets an id that somebody gave by hand meanwhile, it is rolled back and runs again.

    Raises:
        IntegrityError: it meets such ids again and again, or another rule of the database.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return insert()
        except IntegrityError as error:
            if not _is_id_taken(error):
                raise
        bring_ids_forward()
    with transaction.atomic():
        return insert()


def save_with_free_id(row: Model) -> None:
    """Inserts a row that has no id yet.

    Raises:
        IntegrityError: it breaks a rule of the database.
    """
    with_free_ids(row.save)


def _is_id_taken(error: IntegrityError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, psycopg.errors.UniqueViolation):
        return False
    table, constraint = cause.diag.table_name, cause.diag.constraint_name
    return table in COUNTED_TABLES and constraint == f"{table}_pkey"


def _bring_forward(counter: IdCounter) -> None:
    """Other sessions count on meanwhile, and the counter must never go back below what they were given.

    So a small step is counted through. A step that is larger than what anybody counts in the meantime is made at once.
    """
    step = counter.highest - counter.last
    if step <= _COUNTED_ONE_BY_ONE:
        _ask("SELECT max(nextval(%s::regclass)) FROM generate_series(1, %s)", counter.sequence, step)
    else:
        _ask("SELECT setval(%s::regclass, %s)", counter.sequence, counter.highest)


def _ask(query: str, *values: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
