"""The triggers of the totals on the table of the parts, turned off to measure what they cost."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

_NAMES = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'part'::regclass AND tgname ~ '^totals_' AND NOT tgisinternal"


@contextmanager
def totals_triggers(conninfo: str, *, are_on: bool) -> Iterator[None]:
    """Leave the triggers on for the block, or turn them off: after that the planes lack what the block writes."""
    if are_on:
        yield
        return
    _switch(conninfo, "DISABLE")
    try:
        yield
    finally:
        _switch(conninfo, "ENABLE")


def _switch(conninfo: str, word: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for (name,) in connection.execute(_NAMES).fetchall():
            connection.execute(sql.SQL("ALTER TABLE part {} TRIGGER {}").format(sql.SQL(word), sql.Identifier(name)))
