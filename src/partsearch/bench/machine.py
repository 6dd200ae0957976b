"""What is measured on: everything that may make two runs differ though the code is the same."""

import os
import platform

import psutil

from partsearch.bench.busyness import busyness
from partsearch.bench.checkout import checkout
from partsearch.bench.database_facts import DatabaseFacts, database_facts
from partsearch.bench.processor import cpu_model, governor, is_turbo
from partsearch.bench.record import Machine
from partsearch.bench.versions import package_versions, program_versions
from partsearch.database.configured import database_address, direct_database_address
from partsearch.database.connections import DJANGO_PER_WORKER, FASTAPI_PER_WORKER
from partsearch.operation.names import Service
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.site import Site
from partsearch.settings import project_root, settings

_PER_WORKER = {Service.DJANGO: DJANGO_PER_WORKER, Service.FASTAPI: FASTAPI_PER_WORKER}


def describe_machine(site: Site | None) -> Machine:
    """The machine as it is now, before the first round.

    Args:
        site: the site that is measured, which is up; ``None`` where only other addresses are measured.

    Raises:
        BenchError: the site's database cannot be asked.
    """
    facts = database_facts(direct_database_address(site.settings)) if site else None
    workers = running_workers(site) if site else {}
    commit, is_tree_clean = checkout(project_root())
    release = site.release_that_runs() if site else None
    return Machine(
        cpu=cpu_model(),
        cores=os.cpu_count() or 1,
        affinity=tuple(sorted(psutil.Process().cpu_affinity() or ())),
        governor=governor(),
        is_turbo=is_turbo(),
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
        versions=_versions(site, facts),
        database=str(database_address(site.settings).kind) if site else None,
        database_settings=facts.settings if facts else {},
        rows=facts.rows if facts else {},
        workers=workers,
        pool={service: number * _PER_WORKER[Service(service)] for service, number in workers.items()},
        release=release.id if release else None,
        commit=commit,
        is_tree_clean=is_tree_clean,
        before=busyness(),
    )


def _versions(site: Site | None, facts: DatabaseFacts | None) -> dict[str, str]:
    python = site.release_that_runs().python if site else None
    of_database = {"PostgreSQL": facts.version} if facts else {}
    return {**package_versions(python), **of_database, **program_versions(site.settings if site else settings())}


def running_workers(site: Site) -> dict[str, int]:
    """Worker processes of each service, as it was started: the settings may have changed since."""
    active = site.slots().get(read_state(site.home).active)
    pids = active.pids.items() if active else ()
    told = {str(service): _told_workers(pid) for service, pid in pids if pid}
    return {service: number for service, number in told.items() if number}


def _told_workers(pid: int) -> int:
    try:
        command = psutil.Process(pid).cmdline()
        return int(command[command.index("--workers") + 1])
    except (psutil.Error, ValueError, IndexError):
        return 0
