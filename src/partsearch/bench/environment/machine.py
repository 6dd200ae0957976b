"""The description of the machine and the site: all facts that make two runs of the same code differ."""

import os
import platform
from collections.abc import Mapping

import psutil

from partsearch.bench.environment.busyness import busyness
from partsearch.bench.environment.checkout import checkout
from partsearch.bench.environment.database_facts import DatabaseFacts, database_facts
from partsearch.bench.environment.processor import cpu_model, governor, is_turbo
from partsearch.bench.environment.versions import package_versions, program_versions
from partsearch.bench.record import Machine
from partsearch.database.address.configured import database_address, direct_database_address
from partsearch.database.connections import DJANGO_PER_WORKER, FASTAPI_PER_WORKER
from partsearch.operation.names import Service
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.site import Site
from partsearch.settings import project_root, settings

_PER_WORKER = {Service.DJANGO: DJANGO_PER_WORKER, Service.FASTAPI: FASTAPI_PER_WORKER}
_NONE: Mapping[str, int] = {}


def describe_machine(site: Site | None, plain_workers: Mapping[str, int] = _NONE) -> Machine:
    """Return the machine as it is now, before the first round.

    Args:
        site: the measured site, which is up; ``None`` where only other addresses are measured.
        plain_workers: worker processes of the plain services.

    Raises:
        BenchError: the site's database does not answer.
    """
    facts = database_facts(direct_database_address(site.settings)) if site else None
    workers = {**running_workers(site), **plain_workers} if site else {}
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
        pool={service: number * connections_per_worker(service) for service, number in workers.items()},
        release=release.id if release else None,
        commit=commit,
        is_tree_clean=is_tree_clean,
        before=busyness(),
    )


def _versions(site: Site | None, facts: DatabaseFacts | None) -> dict[str, str]:
    python = site.release_that_runs().python if site else None
    database = {"PostgreSQL": facts.version} if facts else {}
    return {**package_versions(python), **database, **program_versions(site.settings if site else settings())}


def connections_per_worker(service: str) -> int:
    """Return the database connections of one worker of a service; its plain variant has as many."""
    return _PER_WORKER[Service(service.removesuffix("-plain"))]


def running_workers(site: Site) -> dict[str, int]:
    """Return the worker processes of each service as it was started. The settings may have changed since."""
    active = site.slots().get(read_state(site.home).active)
    pids = active.pids.items() if active else ()
    workers = {str(service): _workers_argument(pid) for service, pid in pids if pid}
    return {service: number for service, number in workers.items() if number}


def _workers_argument(pid: int) -> int:
    """Return the value of ``--workers`` of a process; 0 where it has none."""
    try:
        command = psutil.Process(pid).cmdline()
        return int(command[command.index("--workers") + 1])
    except (psutil.Error, ValueError, IndexError):
        return 0
