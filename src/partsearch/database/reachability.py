"""Whether the database can be reached, for commands: one connection, or attempts until a deadline."""

import time
from collections.abc import Callable

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.errors import DatabaseRejectedError, DatabaseUnreachableError
from partsearch.database.errors.connection_advice import error_text, next_step
from partsearch.database.errors.driver_errors import ErrorKind, error_kind

OLDEST_VERSION = 15
_POLL_SECONDS = 0.05


def require_reachable(address: DatabaseAddress) -> None:
    """Raise an error unless the database accepts a connection and is new enough.

    Raises:
        DatabaseUnreachableError: the connection failed; the message has the error, without the password.
        DatabaseRejectedError: the same, if a retry fails too.
    """
    try:
        with psycopg.connect(address.conninfo(), prepare_threshold=None) as connection:
            version = connection.info.server_version // 10_000
    except (psycopg.Error, UnicodeError) as error:  # UnicodeError: the host name is invalid
        raise _unreachable(error, address) from None
    if version < OLDEST_VERSION:
        raise DatabaseRejectedError(
            f"The database {address.display_name()} is PostgreSQL {version}.", f"Use {OLDEST_VERSION} or newer."
        )


def wait_until_reachable(address: DatabaseAddress, seconds: float, check: Callable[[], None] = lambda: None) -> None:
    """Return as soon as the database accepts a connection; after ``seconds`` raise as ``require_reachable`` does.

    Args:
        address: the database.
        seconds: the timeout.
        check: called between two attempts; raises an error if waiting is pointless.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return require_reachable(address)
        except DatabaseRejectedError:
            raise
        except DatabaseUnreachableError:
            if time.monotonic() > deadline:
                raise
        check()
        time.sleep(_POLL_SECONDS)


def require_awake(address: DatabaseAddress) -> None:
    """Raise as ``require_reachable`` does; a suspended database gets the time to wake."""
    wait_until_reachable(address, address.connect_seconds if address.can_sleep else 0)


def _unreachable(error: psycopg.Error | UnicodeError, address: DatabaseAddress) -> DatabaseUnreachableError:
    error_class = DatabaseRejectedError if error_kind(error) is ErrorKind.REJECTED else DatabaseUnreachableError
    text = error_text(error, address)
    return error_class(
        f"The database {address.display_name()} cannot be reached: {text}.", next_step(text, "DATABASE_URL", address)
    )
