"""Whether the database can be reached at all, asked once and answered in words."""

import time
from collections.abc import Callable

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.connection_advice import next_step, said
from partsearch.database.driver_errors import Fault, fault_of
from partsearch.database.errors import DatabaseRefusedError, DatabaseUnreachableError

OLDEST_VERSION = 15
_POLL_SECONDS = 0.05


def require_reachable(address: DatabaseAddress) -> None:
    """Raises unless the database can be connected to and is new enough.

    Raises:
        DatabaseUnreachableError: says what the database, or the way to it, answered; never the password.
        DatabaseRefusedError: the same, where it is of no use to ask again.
    """
    try:
        with psycopg.connect(address.conninfo(), prepare_threshold=None) as connection:
            version = connection.info.server_version // 10_000
    except (psycopg.Error, UnicodeError) as error:  # the latter for a host name that cannot be one
        raise _told(error, address) from None
    if version < OLDEST_VERSION:
        raise DatabaseRefusedError(
            f"The database {address.shown()} is PostgreSQL {version}.", f"Use {OLDEST_VERSION} or newer."
        )


def wait_until_reachable(address: DatabaseAddress, seconds: float, check: Callable[[], None] = lambda: None) -> None:
    """Returns as soon as the database can be connected to; after ``seconds`` raises as ``require_reachable`` does.

    Args:
        address: the database.
        seconds: how long it may take.
        check: called between two attempts; raises where there is nothing to be waited for any more.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return require_reachable(address)
        except DatabaseRefusedError:
            raise
        except DatabaseUnreachableError:
            if time.monotonic() > deadline:
                raise
        check()
        time.sleep(_POLL_SECONDS)


def require_awake(address: DatabaseAddress) -> None:
    """As ``require_reachable``; a database that sleeps is given the time to wake."""
    wait_until_reachable(address, address.connect_seconds if address.sleeps else 0)


def _told(error: psycopg.Error | UnicodeError, address: DatabaseAddress) -> DatabaseUnreachableError:
    kind = DatabaseRefusedError if fault_of(error) is Fault.REFUSED else DatabaseUnreachableError
    text = said(error, address)
    return kind(f"The database {address.shown()} cannot be reached: {text}.", next_step(text, "DATABASE_URL", address))
