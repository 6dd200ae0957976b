"""Which database a search goes to: the read replica, where there is one and it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

REPLICA = "replica"

_chosen: ContextVar[str | None] = ContextVar("chosen_database", default=None)


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Within it what is read is read from the database ``alias``."""
    token = _chosen.set(alias)
    try:
        yield
    finally:
        _chosen.reset(token)


class SearchRouter:
    """Django's router: what is written, and everything outside of a search, belongs to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:  # noqa: ARG002
        """The database that was chosen, if one was."""
        return _chosen.get()

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:  # noqa: ARG002
        """A replica gets its tables from its primary."""
        return False if db == REPLICA else None
