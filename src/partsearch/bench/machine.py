"""What is measured on: everything that may make two runs differ though the code is the same."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from partsearch.bench.busyness import busyness
from partsearch.bench.database_facts import DatabaseFacts, database_facts
from partsearch.bench.record import Machine
from partsearch.bench.versions import package_versions, program_versions
from partsearch.database.configured import database_address, direct_database_address
from partsearch.database.connections import DJANGO_PER_WORKER, FASTAPI_PER_WORKER
from partsearch.operation.names import Service
from partsearch.operation.site import Site
from partsearch.operation.traffic import read_state
from partsearch.settings import project_root, settings

_GIT_SECONDS = 20
_SYSTEM = Path("/sys/devices/system/cpu")
_PER_WORKER = {Service.DJANGO: DJANGO_PER_WORKER, Service.FASTAPI: FASTAPI_PER_WORKER}


@dataclass(frozen=True)
class _Checkout:
    commit: str | None
    is_clean: bool | None


def describe_machine(site: Site | None) -> Machine:
    """The machine as it is now, before the first round.

    Args:
        site: the site that is measured, which is up; ``None`` where only other addresses are measured.

    Raises:
        BenchError: the site's database cannot be asked.
    """
    facts = database_facts(direct_database_address(site.settings)) if site else None
    workers = running_workers(site) if site else {}
    checkout = _checkout(project_root())
    release = site.release_that_runs() if site else None
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        affinity=tuple(sorted(psutil.Process().cpu_affinity() or ())),
        governor=_governor(),
        is_turbo=_is_turbo(),
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
        versions=_versions(site, facts),
        database=str(database_address(site.settings).kind) if site else None,
        database_settings=facts.settings if facts else {},
        rows=facts.rows if facts else {},
        workers=workers,
        pool={service: number * _PER_WORKER[Service(service)] for service, number in workers.items()},
        release=release.id if release else None,
        commit=checkout.commit,
        is_tree_clean=checkout.is_clean,
        before=busyness(),
    )


def _versions(site: Site | None, facts: DatabaseFacts | None) -> dict[str, str]:
    python = site.release_that_runs().python if site else None
    of_database = {"PostgreSQL": facts.version} if facts else {}
    return {**package_versions(python), **of_database, **program_versions(site.settings if site else settings())}


def running_workers(site: Site) -> dict[str, int]:
    """Worker processes of each service, as it was started: the settings may have changed since."""
    pids = site.colours()[read_state(site.home).active].pids
    told = {str(service): _told_workers(pid) for service, pid in pids.items() if pid}
    return {service: number for service, number in told.items() if number}


def _told_workers(pid: int) -> int:
    try:
        command = psutil.Process(pid).cmdline()
        return int(command[command.index("--workers") + 1])
    except (psutil.Error, ValueError, IndexError):
        return 0


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _governor() -> str | None:
    """The governor of every core, or those that differ with a comma between."""
    found = {_read(path) for path in _SYSTEM.glob("cpu[0-9]*/cpufreq/scaling_governor")}
    return ", ".join(sorted(name for name in found if name)) or None


def _is_turbo() -> bool | None:
    no_turbo, boost = _read(_SYSTEM / "intel_pstate/no_turbo"), _read(_SYSTEM / "cpufreq/boost")
    if no_turbo is not None:
        return no_turbo == "0"
    return None if boost is None else boost == "1"


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _checkout(root: Path) -> _Checkout:
    """The commit of a checkout, and whether everything in it is committed; unknown where git cannot say."""
    if not (root / ".git").exists() or not shutil.which("git"):
        return _Checkout(None, None)
    commit, changes = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain")
    return _Checkout(commit or None, None if changes is None else not changes)


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
