"""Which schema this release needs, and whether a process must ask the database to know that it is ready."""

import time
from functools import cache
from importlib.resources import files

from partsearch.database.circuit_breaker import CircuitBreaker

CATALOG = "catalog"
_ASKED_FOR_SECONDS = 300
"""How long probes ask an unavailable database, and how often after that: as long as Neon keeps an idle one awake."""


@cache
def needed_migration() -> str:
    """The name of the catalog's last migration."""
    names = (entry.name for entry in files("partsearch.catalog").joinpath("migrations").iterdir())
    return max(name.removesuffix(".py") for name in names if name[:4].isdigit())


def schema_fault(applied: bool) -> str | None:  # noqa: FBT001
    """Why the schema does not serve this release, for people; ``None`` where it does."""
    if applied:
        return None
    return f"The database has no migration {needed_migration()}. Run 'partsearch manage migrate'."


class Readiness:
    """What a process knows of its database without asking.

    A probe that asks a database which sleeps would wake it, and a probe every second would keep it awake, and paid
    for, for ever. So the process asks once, when it starts, and after that it knows from the searches that people make
    whether the database answers. Only while it does not, probes ask it: for as long as it would be awake anyway, and
    then now and again.

    Args:
        sleeps: whether the database is one that sleeps; any other is asked every time.
        breaker: what the searches of this process know.
    """

    def __init__(self, *, sleeps: bool, breaker: CircuitBreaker) -> None:
        self._sleeps = sleeps
        self._breaker = breaker
        self._is_confirmed = False
        self._asked = 0.0

    def must_ask(self) -> bool:
        """Whether the database is to be asked now."""
        if not self._sleeps:
            return True
        lost_for = self._breaker.seconds_unavailable()
        if lost_for is None:
            return not self._is_confirmed
        if lost_for > _ASKED_FOR_SECONDS and time.monotonic() - self._asked < _ASKED_FOR_SECONDS:
            return False
        self._asked = time.monotonic()
        return True

    def confirm(self) -> None:
        """Notes that the database answered and has the schema."""
        self._is_confirmed = True

    def known_fault(self) -> str | None:
        """Why the process is not ready, where it has not asked; ``None`` where it is."""
        if self._breaker.seconds_unavailable() is None:
            return None
        return "The database was out of reach when a search last asked it."
