"""Who uses the machine: the processes of the site and of the load generator, each service one family."""

from collections.abc import Iterable, Mapping

import psutil
import psycopg

from partsearch.database.address import DatabaseKind
from partsearch.database.configured import direct_database_address
from partsearch.database.doctor.asking import Asked
from partsearch.operation.names import RELEASE_SERVICES, Service
from partsearch.operation.site import Site
from partsearch.settings import Settings

GENERATOR = "generator"
_LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")

ProcessGroups = Mapping[str, tuple[psutil.Process, ...]]
"""By name, the processes that head a family: the ancestors of all its members."""


def process_groups(site: Site | None) -> ProcessGroups:
    """The families of the site, and the generator's: this process, and what it starts.

    Both colours of a service are one family: a release that is about to be replaced still takes its share.

    Args:
        site: the site, which is up; ``None`` where there is none on this machine.
    """
    found: dict[str, list[psutil.Process]] = {GENERATOR: [psutil.Process()]}
    for name, pid in _pids(site).items():
        service = name.partition("-")[0]
        if service in (Service.POSTGRES, *RELEASE_SERVICES, Service.NGINX):
            found.setdefault(service, []).extend(_process(pid))
    if site and Service.POSTGRES not in found:
        found[Service.POSTGRES] = list(_local_postgres(site.settings))
    return {name: tuple(heads) for name, heads in found.items() if heads}


def _pids(site: Site | None) -> dict[str, int]:
    told = site.supervisor.processes() if site else {}
    return {name: one["pid"] for name, one in told.items() if one.get("pid")}


def _process(pid: int | None) -> Iterable[psutil.Process]:
    try:
        return [psutil.Process(pid)] if pid else []
    except psutil.NoSuchProcess:
        return []


def _local_postgres(settings: Settings) -> Iterable[psutil.Process]:
    """The server of a database on this machine that is not the site's own: the parent of whom we are connected to."""
    address = direct_database_address(settings)
    host = address.parameters.get("hostaddr") or address.parameters.get("host", "")
    if address.kind is not DatabaseKind.LOCAL or not (host in _LOCAL_HOSTS or host.startswith("/")):
        return []
    try:
        with Asked(address) as asked:
            backend = psutil.Process(asked.value("SELECT pg_backend_pid()"))
            # In a container the server has numbers of its own, and the process of that number here is another.
            return _process(backend.ppid()) if backend.name().startswith("postgres") else []
    except (psycopg.Error, psutil.Error):
        return []


def cpu_seconds(heads: Iterable[psutil.Process]) -> float:
    """What a family has used since it began, with those of its members that have ended and were waited for."""
    return sum(_used(member) for member in _members(heads))


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def resident_bytes(heads: Iterable[psutil.Process]) -> int:
    """Resident memory of a family in bytes, what processes share divided among them (PSS).

    Of processes that may not be looked into, which are another account's, it is what each has, shared or not (RSS).
    """
    return sum(_resident(member) for member in _members(heads))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _members(heads: Iterable[psutil.Process]) -> list[psutil.Process]:
    found = {}
    for head in heads:
        try:
            found.update({one.pid: one for one in (head, *head.children(recursive=True))})
        except psutil.Error:
            continue
    return list(found.values())
