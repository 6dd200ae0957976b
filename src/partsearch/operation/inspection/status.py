"""What the site's processes are doing."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from partsearch.database.configured import database_address
from partsearch.operation.names import RELEASE_SERVICES
from partsearch.operation.nginx.traffic import NginxControl, NginxTraffic, TrafficError
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import Process
from partsearch.system.disk import full_disk
from partsearch.system.process_tree import process_tree, resident_bytes

_JSON_NAMES = {"slot": "colour"}
"""The keys of ``status --json`` where they differ from the attributes: the JSON keeps its names."""


@dataclass(frozen=True)
class ProcessStatus:
    """One process of the site. ``state`` is ``running``, ``starting``, ``stopped``, ``failing`` or ``unsupervised``.

    ``is_well`` is what the guard found out about a service of a slot; ``None`` where nothing is known.
    """

    service: str
    slot: str | None
    port: int | None
    pid: int | None
    state: str
    release: str
    memory_mebibytes: int | None
    seconds: int | None
    is_well: bool | None


@dataclass(frozen=True)
class TrafficStatus:
    """Where the visitors are sent: to ``active``, but for ``share`` of a hundred, who are sent to ``new``."""

    active: str
    new: str | None
    share: int
    is_deploying: bool


@dataclass(frozen=True)
class SiteStatus:
    """The site as a whole; ``database`` is its kind, never its address; ``traffic`` as Nginx does it, if it answers.

    ``up`` is whether its supervisor runs; ``full_disk`` says in words that the disk of the home is full.
    """

    release: str
    up: bool
    url: str
    database: str
    full_disk: str | None
    traffic: TrafficStatus | None
    processes: list[ProcessStatus]

    def as_json(self) -> dict[str, Any]:
        """The status as ``status --json`` prints it."""
        status = asdict(self)
        renamed = {"slot": "colour"}
        status["processes"] = [
            {renamed.get(name, name): process[name] for name in process} for process in status["processes"]
        ]
        return status

    def helpless(self) -> list[str]:
        """The services of which no slot is well: Nginx goes on sending visitors there, having nobody else."""
        known = {
            service: [one.is_well for one in self.processes if one.service == service and one.is_well is not None]
            for service in RELEASE_SERVICES
        }
        return [service for service, are_well in known.items() if are_well and not any(are_well)]


_STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "failing",
    "FATAL": "failing",
    "ORPHAN": "unsupervised",
}


def site_status(site: Site) -> SiteStatus:
    """What the site of these settings is doing now."""
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
    full = full_disk(site.home.root)
    return SiteStatus(release.id, up, site.url(), database, full, _traffic_status(nginx), processes)


def _unsupervised(pid: int) -> dict[str, Any]:
    """What the supervisor would say of a process."""
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
    return TrafficStatus(state.active, state.new, state.share, state.is_deploying) if state else None


def _process_status(process: Process, told: dict[str, Any], release: str, nginx: NginxTraffic | None) -> ProcessStatus:
    pid = told.get("pid") or None
    health = nginx.health.get(process.slot, {}) if nginx and process.slot else {}
    return ProcessStatus(
        service=process.service,
        slot=process.slot,
        port=process.port,
        pid=pid,
        state=_STATES.get(told.get("statename", ""), "stopped"),
        release=release,
        memory_mebibytes=_memory(pid),
        seconds=told["now"] - told["start"] if pid else None,
        is_well=health.get(process.service),
    )


def _memory(pid: int | None) -> int | None:
    """Resident memory of a process and its children in MiB, what they share counted once."""
    processes = process_tree(pid) if pid else []
    return resident_bytes(processes) // 2**20 if processes else None
