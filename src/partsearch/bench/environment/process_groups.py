"""The process groups of a bench: each service of the site with its children, and the load generator."""

from collections.abc import Iterable, Mapping

import psutil
import psycopg

from partsearch.database.address import DatabaseKind
from partsearch.database.address.configured import direct_database_address
from partsearch.database.query_connection import QueryConnection
from partsearch.operation.names import RELEASE_SERVICES, Service, service_of
from partsearch.operation.site import Site
from partsearch.settings import Settings
from partsearch.system.process_tree import process_tree

GENERATOR = "generator"
_LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")
_NO_OTHERS: Mapping[str, psutil.Process] = {}

ProcessGroups = Mapping[str, tuple[psutil.Process, ...]]
"""By name, the head processes of a group: the ancestors of all its members."""


def process_groups(site: Site | None, others: Mapping[str, psutil.Process] = _NO_OTHERS) -> ProcessGroups:
    """Return the groups of the site and the generator's: this process and its children.

    Both slots of a service are one group: a release that is about to be replaced still uses the machine.

    Args:
        site: the site, which is up; ``None`` without a site on this machine.
        others: further head processes, by the name of their group.
    """
    heads: dict[str, list[psutil.Process]] = {GENERATOR: [psutil.Process()]}
    for name, pid in _pids(site).items():
        service = service_of(name).value
        if service in (Service.POSTGRES, *RELEASE_SERVICES, Service.NGINX):
            heads.setdefault(service, []).extend(_process(pid))
    if site and Service.POSTGRES not in heads:
        heads[Service.POSTGRES] = list(_local_postgres(site.settings))
    heads |= {name: [process] for name, process in others.items()}
    return {name: tuple(processes) for name, processes in heads.items() if processes}


def members(groups: ProcessGroups) -> dict[str, dict[int, psutil.Process]]:
    """Return the processes of each group by pid. A process belongs to its most specific group.

    The bench starts some services itself. They have groups of their own, and are no part of the generator's.
    """
    trees = {name: {process.pid: process for process in process_tree(*heads)} for name, heads in groups.items()}
    elsewhere = {pid for name, tree in trees.items() if name != GENERATOR for pid in tree}
    generator = {pid: process for pid, process in trees.get(GENERATOR, {}).items() if pid not in elsewhere}
    return trees | ({GENERATOR: generator} if GENERATOR in trees else {})


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Return the CPU seconds of processes since their start, with those of their children that have ended."""
    return sum(map(_cpu_seconds, processes))


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _pids(site: Site | None) -> dict[str, int]:
    processes = site.supervisor.processes() if site else {}
    return {name: state["pid"] for name, state in processes.items() if state.get("pid")}


def _process(pid: int | None) -> Iterable[psutil.Process]:
    try:
        return [psutil.Process(pid)] if pid else []
    except psutil.NoSuchProcess:
        return []


def _local_postgres(settings: Settings) -> Iterable[psutil.Process]:
    """Return the server of a local database that the site does not run: the parent of our backend process."""
    address = direct_database_address(settings)
    host = address.parameters.get("hostaddr") or address.parameters.get("host", "")
    if address.kind is not DatabaseKind.LOCAL or not (host in _LOCAL_HOSTS or host.startswith("/")):
        return []
    try:
        with QueryConnection(address) as connection:
            backend = psutil.Process(connection.value("SELECT pg_backend_pid()"))
            # A server in a container has pids of its own; here the same pid belongs to another process.
            return _process(backend.ppid()) if backend.name().startswith("postgres") else []
    except (psycopg.Error, psutil.Error):
        return []
