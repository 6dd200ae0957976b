"""The idiomatic variants of both services, started only for a bench on free loopback ports."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psutil

from partsearch.bench.environment.catalogs import free_ports
from partsearch.bench.environment.machine import connections_per_worker, running_workers
from partsearch.bench.errors import BenchError
from partsearch.bench.load.programs import deferred_signals
from partsearch.bench.options import PlainService
from partsearch.database.connections import workers
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import KEEP_ALIVE_SECONDS
from partsearch.operation.supervision.supervisor import service_environment
from partsearch.system.commands import error_line
from partsearch.system.http_probe import NoResponseError, request_once
from partsearch.system.signals import signals_ignored

_START_SECONDS = 60
_STOP_SECONDS = 20
_POLL_SECONDS = 0.1
_PROBE_PATH = "/search/part/"


@dataclass(frozen=True)
class RunningPlainService:
    """A plain service that answers searches.

    Attributes:
        address: its URL.
        process: its first process.
        workers: its worker processes; as many as the tuned service has.
    """

    address: str
    process: psutil.Process
    workers: int


@contextmanager
def plain_services(site: Site, names: Sequence[PlainService]) -> Iterator[Mapping[str, RunningPlainService]]:
    """Run plain services on the site's database for the block; yield them by name.

    Args:
        site: the site, whose running release has the code of the services.
        names: the services to start.

    Raises:
        BenchError: a service does not start.
    """
    tuned_workers = running_workers(site)
    with ExitStack() as stack:
        yield {
            str(name): stack.enter_context(
                _running(site, name, tuned_workers.get(name.removesuffix("-plain")) or workers())
            )
            for name in names
        }


@contextmanager
def _running(site: Site, name: PlainService, worker_count: int) -> Iterator[RunningPlainService]:
    (port,) = free_ports(1)
    release = site.release_that_runs()
    command = _command(release.python, name, port, worker_count)
    variables = {**site.settings.environment(), "PARTSEARCH_RELEASE": release.id}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log, deferred_signals() as raise_deferred:
        process = subprocess.Popen(
            command,
            env=service_environment(site.home, variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            raise_deferred()
            address = f"http://127.0.0.1:{port}"
            if not _answers(process, address, site.settings.own_host()):
                log.seek(0)
                raise BenchError(
                    f"{name} does not start: {error_line(log.read())}.",
                    "Is the running release older than the plain services? Then deploy this one first.",
                )
            yield RunningPlainService(address, psutil.Process(process.pid), worker_count)
        finally:
            _stop(process)


def _command(python: Path, name: PlainService, port: int, worker_count: int) -> list[str]:
    """Return the command of a plain service: the server of the tuned one, with as many workers and connections."""
    if name is PlainService.FASTAPI:
        return [
            str(python), "-P", "-m", "partsearch.fastapi_service.server",
            "--app", "partsearch.fastapi_service.plain.app:create_app",
            "--port", str(port), "--workers", str(worker_count), "--keep-alive", str(KEEP_ALIVE_SECONDS),
        ]  # fmt: skip
    return [
        str(python), "-P", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(worker_count), "--blocking-threads", str(connections_per_worker(name)), "--backlog", "2048",
        "--http", "1", "--http1-keep-alive", "--log-level", "warning", "--no-access-log",
        "partsearch.django_service.plain.wsgi:application",
    ]  # fmt: skip


def _answers(process: "subprocess.Popen[bytes]", address: str, host: str) -> bool:
    """Wait until the service answers a search; return whether it does."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if request_once(address, _START_SECONDS, path=_PROBE_PATH, host=host).status == HTTPStatus.OK:
                return True
        except NoResponseError:
            pass
        time.sleep(_POLL_SECONDS)
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    with signals_ignored():
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
