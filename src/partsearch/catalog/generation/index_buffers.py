"""The GIN indexes of the parts and of the words in their names during a load: their buffers make it half as long.

A GIN index has an entry for each of about twenty trigrams of a name. With its buffer (``fastupdate``) PostgreSQL
collects the entries and inserts them sorted. The catalog keeps it turned off, because each search reads the whole
buffer. Turning it on changes no answer, and takes a lock for a moment only.

Which indexes have no buffer is said by the model. So every generation also turns off what a killed one has left on.
"""

from typing import Any

import psycopg
from django.contrib.postgres.indexes import GinIndex
from psycopg import sql

from partsearch.catalog.models import Part, TotalsKey

# PostgreSQL ends an autovacuum that is in the way after a second (deadlock_timeout), and a search ends by itself.
_LOCK_TIMEOUTS = ("300ms",) * 5 + ("2s",) * 5
_REJECTED = (psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege)

Loader = psycopg.Connection[Any]


def turn_buffers_on(loader: Loader) -> None:
    """Turn the buffers on. The load is only slower if a lock or a privilege prevents it."""
    for index in _unbuffered_indexes(loader):
        _switch(loader, index, "on")


def turn_buffers_off(loader: Loader) -> list[str]:
    """Turn the buffers off and empty them; return the indexes that still have one."""
    return [index for index in _unbuffered_indexes(loader) if not _turn_off(loader, index)]


def _unbuffered_indexes(loader: Loader) -> list[str]:
    """Return the existing indexes to which the catalog gives no buffer."""
    indexes = [*Part._meta.indexes, *TotalsKey._meta.indexes]
    gin_indexes = [index for index in indexes if isinstance(index, GinIndex)]
    names = [index.name for index in gin_indexes if index.deconstruct()[2].get("fastupdate") is False]
    query = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
    return [name for (name,) in loader.execute(query, [names]).fetchall()]


def _turn_off(loader: Loader, index: str) -> bool:
    if not _switch(loader, index, "off"):
        return False
    loader.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
    return True


def _switch(loader: Loader, index: str, how: str) -> bool:
    """Switch the buffer of an index; return whether that was possible.

    A search that reads the index delays it, and it delays the searches after it: so the first attempts are short.
    """
    statement = sql.SQL("ALTER INDEX {} SET (fastupdate = {})").format(sql.Identifier(index), sql.SQL(how))
    for timeout in _LOCK_TIMEOUTS:
        try:
            with loader.transaction():
                loader.execute("SELECT set_config('lock_timeout', %s, true)", [timeout])
                loader.execute(statement)
        except _REJECTED:
            continue
        return True
    return False
