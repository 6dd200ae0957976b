"""Closes the connection of a client from outside of granian, which has no way to end a response as incomplete."""

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

from partsearch.database.watchdog import shut_down

_DESCRIPTORS = Path("/proc/self/fd") if Path("/proc/self/fd").exists() else Path("/dev/fd")


def cut_connection(client: str) -> None:
    """Shut down the connection of a client, so that it knows its response to be incomplete.

    Args:
        client: the address and the port at the other end, as granian writes them: ``127.0.0.1:45678``.
    """
    for path in _DESCRIPTORS.iterdir():
        with suppress(OSError):
            descriptor = int(path.name)
            if _peer(descriptor) == client:
                shut_down(descriptor)


def _peer(descriptor: int) -> str:
    """Return the address at the other end; empty for what is no connection.

    Raises:
        OSError: the descriptor has been closed meanwhile, or its socket is not connected.
    """
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return ""
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        if connection.family not in (socket.AF_INET, socket.AF_INET6):
            return ""
        host, port = connection.getpeername()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
