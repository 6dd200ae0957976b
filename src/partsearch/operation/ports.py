"""Whether the ports of the site are free."""

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


_noted: dict[int, int] = {}


def require_free(processes: Iterable[Process]) -> None:
    """Raises where something listens already on a port of these processes.

    Raises:
        PortTakenError: one is in use; names the port, who holds it if that can be seen, and the setting to change.
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
    """Yield where a process listens: all on 127.0.0.1, Nginx on [::1] too where the machine has it."""
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
    """Note who listens where, as root sees it: the account that root becomes sees no processes of others."""
    if is_root():
        _noted.update(_listeners())


def holder(port: int) -> str:
    """Return who listens on a port, as far as that can be seen."""
    pid = (_noted | _listeners()).get(port)
    try:
        return f" by {psutil.Process(pid).name()} (pid {pid})" if pid else ""
    except psutil.NoSuchProcess:
        return ""


def _listeners() -> dict[int, int]:
    """Return the processes that listen, by port."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return {}
    return {one.laddr.port: one.pid for one in connections if one.status == psutil.CONN_LISTEN and one.pid}
