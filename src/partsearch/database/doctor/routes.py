"""The routes to the database: through a pooler, direct, and to the replica."""

import re
import time
from dataclasses import dataclass

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.address.configured import database_address, direct_database_address, replica_database_address
from partsearch.database.errors import DatabaseUnreachableError
from partsearch.database.errors.connection_advice import error_text, next_step
from partsearch.database.errors.driver_errors import ErrorKind, error_kind
from partsearch.database.query_connection import QueryConnection
from partsearch.settings import Settings

ONLY = "address"
POOLED = "pooled"
DIRECT = "direct"
REPLICA = "replica"
_NO_SERVER = re.compile(r"resolve host|refused|idna")
_POLL_SECONDS = 0.1
_SLOW_SECONDS = 1.0


@dataclass(frozen=True)
class DatabaseRoute:
    """One address of the database, and the setting that has it."""

    name: str
    setting: str
    address: DatabaseAddress

    @property
    def is_replica(self) -> bool:
        """Whether it leads to the replica."""
        return self.name == REPLICA

    def subject(self, what: str) -> str:
        """Return the subject of a check result, with the name of the route if there are several."""
        return what if self.name == ONLY else f"{self.name} {what}"

    def description(self, seconds: float) -> str:
        """Return the kind and the name of the database, and the time to connect."""
        duration = f"connected in {seconds * 1000:.0f} ms"
        if seconds > _SLOW_SECONDS:
            duration = f"{'woke and ' if self.address.can_sleep else ''}connected in {seconds:.1f} s"
        return f"{self.address.kind}, {self.address.display_name()}, {duration}"


def configured_routes(settings: Settings) -> list[DatabaseRoute]:
    """Return the routes in the settings, the route of the searches first.

    Raises:
        DatabaseAddressError: a setting is invalid.
    """
    searches, direct, replica = (
        database_address(settings), direct_database_address(settings), replica_database_address(settings),
    )  # fmt: skip
    routes = [DatabaseRoute(ONLY, "DATABASE_URL", searches)]
    if direct.conninfo() != searches.conninfo():
        setting = "DIRECT_DATABASE_URL" if settings.direct_database_url else "DATABASE_URL"
        routes = [DatabaseRoute(POOLED, "DATABASE_URL", searches), DatabaseRoute(DIRECT, setting, direct)]
    return [*routes, DatabaseRoute(REPLICA, "DATABASE_REPLICA_URL", replica)] if replica else routes


def connect(route: DatabaseRoute) -> tuple[QueryConnection, float]:
    """Return a connection, and the seconds to connect; a suspended database gets the time to wake.

    Raises:
        DatabaseUnreachableError: the connection failed; the message has the error, without the password.
    """
    started = time.monotonic()
    while True:
        try:
            connection = QueryConnection(route.address)
            return connection, time.monotonic() - started
        # For an invalid host name psycopg passes the error of the codec on.
        except (psycopg.Error, UnicodeError) as error:
            if not _is_waking(error, route.address, time.monotonic() - started):
                raise _unreachable(error, route) from None
        time.sleep(_POLL_SECONDS)


def _is_waking(error: Exception, address: DatabaseAddress, waited: float) -> bool:
    is_transient = error_kind(error) is ErrorKind.TRANSIENT and not _NO_SERVER.search(str(error))
    return address.can_sleep and is_transient and waited < address.grace_seconds


def _unreachable(error: Exception, route: DatabaseRoute) -> DatabaseUnreachableError:
    text = error_text(error, route.address)
    step = next_step(text, route.setting, route.address)
    if route.is_replica:
        step += " Meanwhile the primary answers the searches."
    return DatabaseUnreachableError(f"{route.address.display_name()} cannot be reached: {text}.", step)
