"""A word whose key is committed after a larger one: both services ask for it again."""

import os
from typing import Any

import psycopg

from partsearch.understanding.word_keys import WordKeys

_WRITERS = """
    SELECT (SELECT coalesce(max(id), 0) FROM totals_key), array(
        SELECT virtualtransaction FROM pg_locks
        WHERE relation = 'totals_key'::regclass AND mode = 'RowExclusiveLock'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""
_TAKE = "SELECT totals_key_id('word', %s)"


def test_a_key_that_is_committed_late_is_read_again(migrated_database: str) -> None:
    reader: psycopg.Connection[tuple[Any, ...]]
    with (
        psycopg.connect(migrated_database, autocommit=True) as reader,
        psycopg.connect(migrated_database) as late,
        psycopg.connect(migrated_database, autocommit=True) as early,
    ):
        known = WordKeys()

        def read() -> set[str]:
            nonlocal known
            largest, running = reader.execute(_WRITERS).fetchone() or (0, [])
            first = known.first_to_read(largest, frozenset(running))
            rows = reader.execute("SELECT value FROM totals_key WHERE attribute = 'word' AND id > %s", [first])
            known = known.after_reading(largest, frozenset(running))
            return {value for (value,) in rows}

        unique = os.urandom(8).hex()
        read()
        late.execute(_TAKE, [f"late{unique}"])
        early.execute(_TAKE, [f"early{unique}"])
        assert f"early{unique}" in read()
        assert f"late{unique}" not in read()
        late.commit()
        assert f"late{unique}" in read()
        assert f"late{unique}" not in read()
        reader.execute("DELETE FROM totals_key WHERE value = ANY(%s)", [[f"late{unique}", f"early{unique}"]])
