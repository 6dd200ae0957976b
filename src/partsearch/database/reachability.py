"""Whether the database can be reached at all, asked once and answered in words."""

import time

import psycopg

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.errors import DatabaseUnreachableError

OLDEST_VERSION = 15
_POLL_SECONDS = 0.05


def require_reachable(address: DatabaseAddress) -> None:
    """Raises unless the database can be connected to and is new enough.

    Raises:
        DatabaseUnreachableError: says what the database, or the way to it, answered; never the password.
    """
    try:
        with psycopg.connect(address.conninfo()) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise DatabaseUnreachableError(
            f"The database {address.shown()} cannot be reached: {_reason(error, address)}.",
            "See that it runs and that DATABASE_URL names it rightly."
            if address.kind is not DatabaseKind.EMBEDDED
            else "Start it with 'partsearch up'.",
        ) from None
    if version < OLDEST_VERSION:
        raise DatabaseUnreachableError(
            f"The database {address.shown()} is PostgreSQL {version}.", f"Use {OLDEST_VERSION} or newer."
        )


def wait_until_reachable(address: DatabaseAddress, seconds: float) -> None:
    """Returns as soon as the database can be connected to; after ``seconds`` raises as ``require_reachable`` does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return require_reachable(address)
        except DatabaseUnreachableError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_POLL_SECONDS)


def _reason(error: psycopg.Error, address: DatabaseAddress) -> str:
    """The first line of what the driver says, without the password."""
    line = (str(error).strip().splitlines() or ["no answer"])[0]
    password = address.parameters.get("password")
    return (line.replace(password, "***") if password else line).rstrip(".")
