"""The priority of the backends that work for a command: that of the command, if the database is the embedded one."""

import psycopg

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.system.priority import share_own


def share_priority(connection: "psycopg.Connection[object]", address: DatabaseAddress) -> None:
    """Give the backend of a connection the priority of this process if that is a low one.

    The processes of another PostgreSQL belong to another account, or run on another machine.
    """
    if address.kind is DatabaseKind.EMBEDDED:
        share_own(connection.info.backend_pid)
