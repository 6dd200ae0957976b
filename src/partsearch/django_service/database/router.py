"""Routes searches to the read replica, if there is one and it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

REPLICA = "replica"

_chosen: ContextVar[str | None] = ContextVar("chosen_database", default=None)


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Route all reads of the block to the database ``alias``."""
    token = _chosen.set(alias)
    try:
        yield
    finally:
        _chosen.reset(token)


class SearchRouter:
    """Django's router: writes, and reads outside of ``reading_from``, go to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:  # noqa: ARG002
        """Return the database of the current ``reading_from``."""
        return _chosen.get()

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:  # noqa: ARG002
        """Return False for the replica, which gets its tables from the primary."""
        return False if db == REPLICA else None
