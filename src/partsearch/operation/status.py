"""What the site's processes are doing."""

from dataclasses import asdict, dataclass
from typing import Any

import psutil

from partsearch.database.configured import database_address
from partsearch.operation.site import Site


@dataclass(frozen=True)
class ProcessStatus:
    """One process of the site. ``state`` is ``running``, ``starting``, ``stopped`` or ``failing``."""

    service: str
    colour: str | None
    port: int | None
    pid: int | None
    state: str
    release: str
    memory_mebibytes: int | None
    seconds: int | None


@dataclass(frozen=True)
class SiteStatus:
    """The site as a whole; ``database`` is its kind, never its address."""

    release: str
    up: bool
    url: str
    database: str
    processes: list[ProcessStatus]

    def as_json(self) -> dict[str, Any]:
        """The status as ``status --json`` prints it."""
        return asdict(self)


_STATES = {"RUNNING": "running", "STARTING": "starting", "BACKOFF": "failing", "FATAL": "failing"}


def site_status(site: Site) -> SiteStatus:
    """What the site of these settings is doing now."""
    known = site.supervisor.processes() if site.is_up() else {}
    release = site.settings.release()
    processes = [
        ProcessStatus(
            service=process.service,
            colour=process.colour,
            port=process.port,
            pid=(pid := (known.get(process.service, {}).get("pid") or None)),
            state=_STATES.get(known.get(process.service, {}).get("statename", ""), "stopped"),
            release=release,
            memory_mebibytes=_memory(pid),
            seconds=known[process.service]["now"] - known[process.service]["start"] if pid else None,
        )
        for process in site.processes
    ]
    return SiteStatus(release, site.is_up(), site.url(), database_address(site.settings).kind, processes)


def _memory(pid: int | None) -> int | None:
    """Resident memory of a process and its children in MiB, what they share counted once."""
    if pid is None:
        return None
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return int(sum(process.memory_full_info().pss for process in family)) // 2**20
    except psutil.Error:
        return None
