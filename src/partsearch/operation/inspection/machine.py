"""The checks of the machine that the site runs on, for ``partsearch doctor``."""

import os
from collections.abc import Iterator

import psutil

from partsearch.database.check_result import CheckResult
from partsearch.errors import PartsearchError
from partsearch.operation import ports
from partsearch.operation.access.ownership import check_home
from partsearch.operation.nginx.configuration import nginx_binary
from partsearch.operation.site import Site
from partsearch.system.commands import run_command
from partsearch.system.disk import disk_space

_LITTLE_SPACE = 1024**3
_NGINX_SECONDS = 10
WITHOUT_SUPERVISOR = "Run 'partsearch up': it ends these processes and starts the site again."


def check_machine(site: Site) -> Iterator[CheckResult]:
    """Yield the results for cores, memory, disk, the home's owners and modes, Nginx and ports."""
    memory = psutil.virtual_memory()
    yield CheckResult("machine", f"{os.cpu_count()} cores, {memory.available // 2**20:,} MiB of memory free")
    yield _disk(site)
    yield from check_home(site.home.root)
    try:
        yield CheckResult("nginx", _nginx_version(nginx_binary(site.settings)))
        if site.is_up():
            yield CheckResult("site", f"up at {site.url()}")
        elif orphans := site.orphans():
            running = f"its supervisor does not run; {', '.join(sorted(orphans))} still run"
            yield CheckResult("site", running, is_failure=True, next_step=WITHOUT_SUPERVISOR)
        else:
            ports.require_free(site.processes)
            yield CheckResult("ports", "free")
    except PartsearchError as error:
        yield CheckResult("machine", str(error), is_failure=True, next_step=error.next_step)


def _disk(site: Site) -> CheckResult:
    space = disk_space(site.home.root)
    if space.is_full:
        step = "Free some space: nothing can be written until then."
        return CheckResult("disk", str(space), is_failure=True, next_step=step)
    advice = "Free some space: PostgreSQL stops when the disk is full." if space.free_bytes < _LITTLE_SPACE else ""
    return CheckResult("disk", f"{space.free_bytes // 2**20:,} MiB free for {site.home.root}", bool(advice), advice)


def _nginx_version(binary: str) -> str:
    return run_command([binary, "-v"], _NGINX_SECONDS).stderr.strip().removeprefix("nginx version: ")
