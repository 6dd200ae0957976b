"""The status of the site: its processes, their health, and where the traffic goes."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from partsearch.database.address.configured import database_address
from partsearch.operation.names import RELEASE_SERVICES
from partsearch.operation.nginx.traffic import NginxControl, NginxTraffic, TrafficError
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import Process
from partsearch.system.disk import disk_space
from partsearch.system.process_tree import process_tree, resident_bytes

_JSON_NAMES = {"slot": "colour", "is_healthy": "is_well", "weight": "share"}
"""The keys of ``status --json`` that differ from the attributes: the JSON keeps its names."""
_STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "failing",
    "FATAL": "failing",
    "ORPHAN": "unsupervised",
}


@dataclass(frozen=True)
class ProcessStatus:
    """One process of the site. ``state`` is ``running``, ``starting``, ``stopped``, ``failing`` or ``unsupervised``.

    ``is_healthy`` is what the health checker knows of a service of a slot; ``None`` where it knows nothing.
    """

    service: str
    slot: str | None
    port: int | None
    pid: int | None
    state: str
    release: str
    memory_mebibytes: int | None
    seconds: int | None
    is_healthy: bool | None


@dataclass(frozen=True)
class TrafficStatus:
    """Where the traffic goes: ``weight`` percent to the slot ``new``, the rest to ``active``."""

    active: str
    new: str | None
    weight: int
    is_deploying: bool


@dataclass(frozen=True)
class SiteStatus:
    """The status of the whole site.

    ``up`` is whether its supervisor runs. ``database`` is the kind of the database, never its address. ``full_disk`` is
    a sentence where the disk of the home is full. ``traffic`` is what Nginx does; ``None`` where it does not answer.
    """

    release: str
    up: bool
    url: str
    database: str
    full_disk: str | None
    traffic: TrafficStatus | None
    processes: list[ProcessStatus]

    def as_json(self) -> dict[str, Any]:
        """Return the status as ``status --json`` prints it."""
        status = asdict(self)
        status["processes"] = list(map(_with_json_names, status["processes"]))
        status["traffic"] = status["traffic"] and _with_json_names(status["traffic"])
        return status

    def unavailable_services(self) -> list[str]:
        """Return the services without a healthy slot: Nginx still sends them traffic, since no slot is better."""
        health = {
            service: [
                known for one in self.processes if one.service == service and (known := one.is_healthy) is not None
            ]
            for service in RELEASE_SERVICES
        }
        return [service for service, are_healthy in health.items() if are_healthy and not any(are_healthy)]


def _with_json_names(values: dict[str, Any]) -> dict[str, Any]:
    return {_JSON_NAMES.get(name, name): value for name, value in values.items()}


def site_status(site: Site) -> SiteStatus:
    """Return the status of the site as it is now."""
    up = site.is_up()
    orphans = site.orphans()
    known = site.supervisor.processes() if up else {name: _unsupervised(pids[0]) for name, pids in orphans.items()}
    release = site.release_that_runs()
    nginx = _nginx_traffic(site) if known else None
    processes = [
        _process_status(process, known.get(process.name, {}), process.release or release.id, nginx)
        for process in site.processes
    ]
    database = database_address(site.settings).kind
    space = disk_space(site.home.root)
    full = str(space) if space.is_full else None
    return SiteStatus(release.id, up, site.url(), database, full, _traffic_status(nginx), processes)


def _unsupervised(pid: int) -> dict[str, Any]:
    """Return what the supervisor would report of a process that it no longer knows."""
    now = time.time()
    try:
        start = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        start = now
    return {"statename": "ORPHAN", "pid": pid, "start": int(start), "now": int(now)}


def _nginx_traffic(site: Site) -> NginxTraffic | None:
    try:
        return NginxControl(site.home).get()
    except TrafficError:
        return None


def _traffic_status(nginx: NginxTraffic | None) -> TrafficStatus | None:
    state = nginx.state if nginx else None
    return TrafficStatus(state.active, state.new, state.weight, state.is_deploying) if state else None


def _process_status(
    process: Process, reported: dict[str, Any], release: str, nginx: NginxTraffic | None
) -> ProcessStatus:
    pid = reported.get("pid") or None
    health = nginx.health.get(process.slot, {}) if nginx and process.slot else {}
    return ProcessStatus(
        service=process.service,
        slot=process.slot,
        port=process.port,
        pid=pid,
        state=_STATES.get(reported.get("statename", ""), "stopped"),
        release=release,
        memory_mebibytes=_memory(pid),
        seconds=reported["now"] - reported["start"] if pid else None,
        is_healthy=health.get(process.service),
    )


def _memory(pid: int | None) -> int | None:
    """Return the resident memory of a process and its children in MiB; what they share is counted once."""
    processes = process_tree(pid) if pid else []
    return resident_bytes(processes) // 2**20 if processes else None
