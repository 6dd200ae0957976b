"""The addresses of the database in the settings: pooled, direct, replica, or the embedded one."""

import hashlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.address.parsing import parse_database_url
from partsearch.database.errors import DatabaseAddressError
from partsearch.settings import Settings, settings

EMBEDDED_NAME = "partsearch"
_LONGEST_SOCKET_PATH = 100


def socket_folder(home: Path) -> Path:
    """Return the folder of the sockets of ``home``: inside it, or a short one if its path is no path for a socket.

    A path is unsuitable if it is too long, in bytes, or has a comma: PostgreSQL's clients read it as two paths.
    """
    inside = home / "run"
    if len(os.fsencode(inside / "supervisor.sock")) <= _LONGEST_SOCKET_PATH and "," not in str(home):
        return inside
    return Path(tempfile.gettempdir()) / f"partsearch-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def embedded_address(home: Path, port: int | None = None) -> DatabaseAddress:
    """Return the address of the embedded PostgreSQL of ``home``: its socket, whose name includes the port if set."""
    parameters = {"host": str(socket_folder(home)), "user": EMBEDDED_NAME, "dbname": EMBEDDED_NAME}
    return DatabaseAddress(DatabaseKind.EMBEDDED, parameters | ({"port": str(port)} if port else {}))


def database_address(source: Settings | None = None) -> DatabaseAddress:
    """Return the address in the settings: the pooled one, if there are two."""
    source = source or settings()
    if not source.database_url:
        return embedded_address(source.partsearch_home, source.partsearch_database_port)
    address = parse_database_url(source.database_url)
    is_pooled = source.direct_database_url not in (None, source.database_url)
    return replace(address, is_pooled=address.is_pooled or is_pooled)


def direct_database_address(source: Settings | None = None) -> DatabaseAddress:
    """Return the address without a pooler, for migrations, bulk loads, locks and LISTEN.

    Raises:
        DatabaseAddressError: DIRECT_DATABASE_URL is the address of a pooler.
    """
    source = source or settings()
    if not source.direct_database_url:
        return database_address(source).direct()
    address = parse_database_url(source.direct_database_url, "DIRECT_DATABASE_URL")
    if address.names_pooler:
        raise DatabaseAddressError(
            "DIRECT_DATABASE_URL is the address of Neon's pooler.", "Remove it: it is derived from DATABASE_URL."
        )
    if address.is_pooled:
        raise DatabaseAddressError(
            "DIRECT_DATABASE_URL has pgbouncer=true: it is the address of a pooler.",
            "Write the address of the server itself.",
        )
    return address


def replica_database_address(source: Settings | None = None) -> DatabaseAddress | None:
    """Return the address of the read replica; ``None`` without one."""
    source = source or settings()
    if not source.database_replica_url:
        return None
    return parse_database_url(source.database_replica_url, "DATABASE_REPLICA_URL")
