"""The checks of the machine that the site runs on."""

import os
import shutil
from collections.abc import Iterator

import psutil

from partsearch.database.check_result import CheckResult
from partsearch.errors import PartsearchError
from partsearch.operation import ports
from partsearch.operation.access.ownership import home_findings
from partsearch.operation.nginx.configuration import nginx_binary
from partsearch.operation.site import Site
from partsearch.system.commands import run_command
from partsearch.system.disk import full_disk

_LITTLE_SPACE = 1024**3
_NGINX_SECONDS = 10
WITHOUT_SUPERVISOR = "Run 'partsearch up': it ends these processes and starts the site anew."


def machine_findings(site: Site) -> Iterator[CheckResult]:
    """Checks cores, memory, disk, the home's owners and modes, Nginx and ports."""
    memory = psutil.virtual_memory()
    yield CheckResult("machine", f"{os.cpu_count()} cores, {memory.available // 2**20:,} MiB of memory free")
    yield _disk(site)
    yield from home_findings(site.home.root)
    try:
        yield CheckResult("nginx", _nginx_version(nginx_binary(site.settings)))
        if site.is_up():
            yield CheckResult("site", f"up at {site.url()}")
        elif orphans := site.orphans():
            running = f"its supervisor is gone; {', '.join(sorted(orphans))} still run"
            yield CheckResult("site", running, is_fault=True, next_step=WITHOUT_SUPERVISOR)
        else:
            ports.require_free(site.processes)
            yield CheckResult("ports", "free")
    except PartsearchError as error:
        yield CheckResult("machine", str(error), is_fault=True, next_step=error.next_step)


def _disk(site: Site) -> CheckResult:
    if full := full_disk(site.home.root):
        return CheckResult(
            "disk", full, is_fault=True, next_step="Make room: nothing can be written until there is some."
        )
    folder = next(folder for folder in (site.home.root, *site.home.root.parents) if folder.exists())
    free = shutil.disk_usage(folder).free
    advice = "Make room: PostgreSQL stops when the disk is full." if free < _LITTLE_SPACE else ""
    return CheckResult("disk", f"{free // 2**20:,} MiB free for {site.home.root}", bool(advice), advice)


def _nginx_version(binary: str) -> str:
    return run_command([binary, "-v"], _NGINX_SECONDS).stderr.strip().removeprefix("nginx version: ")
