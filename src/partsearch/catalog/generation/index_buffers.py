"""The GIN indexes of ``part`` during a load: their buffers make it half as long.

A GIN index has an entry for each of about twenty trigrams of a name. With its buffer (``fastupdate``) PostgreSQL
collects the entries and inserts them sorted. The catalog keeps it turned off, because each search reads the whole
buffer. Turning it on changes no answer, and takes a lock for a moment only.
"""

from typing import Any

import psycopg
from psycopg import sql

from partsearch.catalog.models import UnfinishedGeneration

_UNBUFFERED = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = 'part'::regclass AND amname = 'gin' AND reloptions @> '{fastupdate=off}' ORDER BY 1
"""
_BUFFERED = "SELECT unnest(buffered_indexes) FROM unfinished_generation WHERE id = %s"
_ADD = """
    UPDATE unfinished_generation
    SET buffered_indexes = array_append(array_remove(buffered_indexes, %(index)s), %(index)s)
    WHERE id = %(generation)s
"""
_REMOVE = """
    UPDATE unfinished_generation SET buffered_indexes = array_remove(buffered_indexes, %(index)s)
    WHERE id = %(generation)s
"""
_ATTEMPTS = 10
_REJECTED = (psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege)

Loader = psycopg.Connection[Any]


def turn_buffers_on(loader: Loader, generation: UnfinishedGeneration) -> None:
    """Turn on the buffers that are off. The load is only slower if a lock or a privilege prevents it."""
    for (index,) in loader.execute(_UNBUFFERED).fetchall():
        _switch(loader, generation, index, "on", _ADD)


def turn_buffers_off(loader: Loader, generation: UnfinishedGeneration) -> list[str]:
    """Turn off the buffers that the generation has turned on and empty them; return the indexes that still have one."""
    indexes = [index for (index,) in loader.execute(_BUFFERED, [generation.pk]).fetchall()]
    return [index for index in indexes if not _turn_off(loader, generation, index)]


def _turn_off(loader: Loader, generation: UnfinishedGeneration, index: str) -> bool:
    if loader.execute("SELECT to_regclass(%s) IS NULL", [index]).fetchone() == (True,):
        loader.execute(_REMOVE, {"index": index, "generation": generation.pk})
        return True
    if not _switch(loader, generation, index, "off", _REMOVE):
        return False
    loader.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
    return True


def _switch(loader: Loader, generation: UnfinishedGeneration, index: str, how: str, record: str) -> bool:
    """Switch the buffer of an index and record it in one transaction; return whether that was possible.

    A search that reads the index delays it, and it delays the searches after it: so each attempt is short.
    """
    statement = sql.SQL("ALTER INDEX {} SET (fastupdate = {})").format(sql.SQL(index), sql.SQL(how))
    for _ in range(_ATTEMPTS):
        try:
            with loader.transaction():
                loader.execute("SET LOCAL lock_timeout = '300ms'")
                loader.execute(statement)
                loader.execute(record.encode(), {"index": index, "generation": generation.pk})
        except _REJECTED:
            continue
        return True
    return False
