"""The embedded PostgreSQL during a copy: a site that uses another database does not run it."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from partsearch.database import embedded
from partsearch.database.embedded.lock_files import remove_stale_locks
from partsearch.database.errors import EmbeddedDatabaseError
from partsearch.database.reachability import wait_until_reachable
from partsearch.operation import launch, ports
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import Process, Service
from partsearch.operation.supervision.start_errors import LogSince, error_line, next_step
from partsearch.operation.supervision.supervisor import service_environment
from partsearch.settings import Settings
from partsearch.system.signals import signals_ignored

_START_SECONDS = 60
_STOP_SECONDS = 60

Say = Callable[[str], None]


@contextmanager
def embedded_server(settings: Settings, say: Say) -> Iterator[None]:
    """Run the embedded PostgreSQL of this home for the block, unless the site runs it already.

    The home is locked meanwhile, so that no other command starts or stops the site.

    Raises:
        HomeBusyError: another command holds the lock.
        EmbeddedDatabaseError, DatabaseUnreachableError: PostgreSQL cannot be initialised or started.
    """
    site = Site(settings.model_copy(update={"database_url": None, "direct_database_url": None}))
    with site.home.lock():
        if site.is_up() and Service.POSTGRES in site.supervisor.processes():
            wait_until_reachable(embedded.superuser_address(site.settings), _START_SECONDS)
            yield
        else:
            with _started(site, say):
                yield


@contextmanager
def _started(site: Site, say: Say) -> Iterator[None]:
    process = next(process for process in site.processes if process.service is Service.POSTGRES)
    _prepare(site, process, say)
    say("Starting the embedded PostgreSQL for the copy.")
    try:
        log = LogSince(site.supervisor.log(process.service))
        server = _start(site, process)
        try:
            check = partial(_require_running, server, log, site.settings)
            wait_until_reachable(embedded.superuser_address(site.settings), _START_SECONDS, check)
            embedded.create_database(site.settings)
            yield
        finally:
            with signals_ignored():
                _end(server)
    finally:
        if not site.is_up():
            site.home.remove_sockets_outside()


def _require_running(server: "subprocess.Popen[bytes]", log: LogSince, settings: Settings) -> None:
    status = server.poll()
    if status is not None:
        reason = error_line(Service.POSTGRES, log.read()) or f"it ended with exit status {status} and no message"
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL does not start: {reason.rstrip('.')}.",
            next_step(Service.POSTGRES, reason, settings, log.path, settings.partsearch_database_port),
        )


def _prepare(site: Site, process: Process, say: Say) -> None:
    site.home.prepare()
    gentle = signal.Signals[f"SIG{process.stop_signal}"]
    if launch.end_group(process.group_file(site.home), gentle, process.stop_seconds):
        say("Stopped the PostgreSQL that a killed command had left running.")
    ports.require_free([process])
    if not embedded.is_initialised(site.home.root):
        say("Initialising the embedded PostgreSQL.")
    embedded.initialise(site.home.root)
    embedded.configure(site.settings)
    remove_stale_locks(embedded.data_folder(site.home.root), site.home.sockets)


def _start(site: Site, process: Process) -> subprocess.Popen[bytes]:
    """Start it as the supervisor does, with the same group file: if this command is killed, ``up`` stops it.

    It has its own session, so that Ctrl-C does not stop it before the copy has ended.
    """
    path = site.supervisor.log(process.service)
    with path.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # the command is ours
            process.launch_command(site.home),
            cwd=site.home.root,
            env=service_environment(site.home, {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(_STOP_SECONDS)
