"""The rows that are rejected after they were staged: they repeat an earlier row, or name a part that does not exist."""

from collections.abc import Iterator

from django.db import connection

from partsearch.price_list.applying.statements import run, statement, value
from partsearch.price_list.validate import RejectedRow

_ROWS_AT_ONCE = 2_000


def has_rejected() -> bool:
    """Return whether there are any."""
    return bool(value("has_rejected"))


def rejected_rows() -> Iterator[RejectedRow]:
    """Yield them in the order of the list; only a few are in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement("rejected_rows"))
        while chunk := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from (RejectedRow(*row) for row in chunk)


def forget_rejected() -> None:
    """Forget them: they are counted."""
    run("forget_rejected")
