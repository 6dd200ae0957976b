"""Whether the ports of the site are free."""

import socket
from collections.abc import Iterable

import psutil

from partsearch.operation.errors import PortTakenError
from partsearch.operation.names import Service
from partsearch.operation.processes import Process

SETTINGS = {
    Service.NGINX: "PARTSEARCH_PORT",
    Service.DJANGO: "PARTSEARCH_DJANGO_PORTS",
    Service.FASTAPI: "PARTSEARCH_FASTAPI_PORTS",
    Service.POSTGRES: "PARTSEARCH_DATABASE_PORT",
}


def require_free(processes: Iterable[Process]) -> None:
    """Raises where something listens already on a port of these processes.

    Raises:
        PortTakenError: one is in use; names the port, who holds it if that can be seen, and the setting to change.
    """
    for process in processes:
        if process.port is not None and _is_taken(process.port):
            raise PortTakenError(
                f"Port {process.port}, which {process.service} needs, is taken{holder(process.port)}.",
                f"Stop that program, or choose another port with {SETTINGS[process.service]}.",
            )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def holder(port: int) -> str:
    """Return " by" and the process that listens on ``port``; nothing where that cannot be seen."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
