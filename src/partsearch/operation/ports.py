"""Whether the ports of the site are free, and which program has a port that is not."""

import socket
from collections.abc import Iterable, Iterator

import psutil

from partsearch.database.account import is_root
from partsearch.operation.errors import PortTakenError
from partsearch.operation.names import Service
from partsearch.operation.nginx.configuration import has_ipv6_loopback
from partsearch.operation.supervision.processes import Process

SETTINGS = {
    Service.NGINX: "PARTSEARCH_PORT",
    Service.DJANGO: "PARTSEARCH_DJANGO_PORTS",
    Service.FASTAPI: "PARTSEARCH_FASTAPI_PORTS",
    Service.POSTGRES: "PARTSEARCH_DATABASE_PORT",
}


_listeners_of_root: dict[int, int] = {}


def require_free(processes: Iterable[Process]) -> None:
    """Raise PortTakenError if a program listens on a port of these processes.

    The error names the port, the program if it can be seen, and the setting to change.
    """
    for process in processes:
        if process.port is None:
            continue
        if any(_is_taken(family, host, process.port) for family, host in _addresses(process)):
            raise PortTakenError(
                f"Port {process.port}, which {process.service} needs, is taken{holder(process.port)}.",
                f"Stop that program, or choose another port with {SETTINGS[process.service]}.",
            )


def _addresses(process: Process) -> Iterator[tuple[socket.AddressFamily, str]]:
    """Yield the addresses that a process listens on: 127.0.0.1, and [::1] for Nginx where the machine has it."""
    yield socket.AF_INET, "127.0.0.1"
    if process.service is Service.NGINX and has_ipv6_loopback():
        yield socket.AF_INET6, "::1"


def _is_taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def note_listeners() -> None:
    """Remember the listeners that root sees: an ordinary account cannot see the processes of others."""
    if is_root():
        _listeners_of_root.update(_listeners())


def holder(port: int) -> str:
    """Return `` by PROGRAM (pid N)`` for the program that listens on a port; empty where it cannot be seen."""
    pid = (_listeners_of_root | _listeners()).get(port)
    try:
        return f" by {psutil.Process(pid).name()} (pid {pid})" if pid else ""
    except psutil.NoSuchProcess:
        return ""


def _listeners() -> dict[int, int]:
    """Return the pids of the listening processes by port."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return {}
    return {
        connection.laddr.port: connection.pid
        for connection in connections
        if connection.status == psutil.CONN_LISTEN and connection.pid
    }
