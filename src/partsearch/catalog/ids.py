"""Inserts of new rows in a catalog where other programs have inserted rows with explicit ids."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from partsearch.database.id_sequences import TABLES_WITH_SEQUENCE, IdSequence, id_sequences

_ATTEMPTS = 4
_LARGEST_STEP = 10_000
_Result = TypeVar("_Result")


def advance_id_sequences() -> None:
    """Advance the sequences of the catalog's ids past the ids in use. A sequence that is not behind is not changed."""
    for sequence in id_sequences(_rows):
        if sequence.is_behind:
            _advance(sequence)


def with_free_ids(insert: Callable[[], _Result]) -> _Result:
    """Return the result of ``insert``, which runs in a transaction, or in a savepoint of the caller's transaction.

    If another program has meanwhile inserted a row with the same id, it is rolled back and runs again.

    Raises:
        IntegrityError: the ids were taken in all attempts, or the insert violates another constraint.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return insert()
        except IntegrityError as error:
            if not _is_id_taken(error):
                raise
        advance_id_sequences()
    with transaction.atomic():
        return insert()


def save_with_free_id(row: Model) -> None:
    """Insert a row that has no id yet.

    Raises:
        IntegrityError: it violates a constraint.
    """
    with_free_ids(row.save)


def _is_id_taken(error: IntegrityError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, psycopg.errors.UniqueViolation):
        return False
    table, constraint = cause.diag.table_name, cause.diag.constraint_name
    return table in TABLES_WITH_SEQUENCE and constraint == f"{table}_pkey"


def _advance(sequence: IdSequence) -> None:
    """Advance a sequence. Other sessions use it meanwhile, and it must never go back below a value that they got.

    So a small step calls ``nextval`` for each value. For a step that is larger than what other sessions can use in the
    meantime, ``setval`` is safe.
    """
    step = sequence.highest_id - sequence.last
    if step <= _LARGEST_STEP:
        _rows("SELECT max(nextval(%s::regclass)) FROM generate_series(1, %s)", sequence.name, step)
    else:
        _rows("SELECT setval(%s::regclass, %s)", sequence.name, sequence.highest_id)


def _rows(query: str, *values: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
