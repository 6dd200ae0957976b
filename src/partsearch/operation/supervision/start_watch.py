"""Notices that a process which was started has ended, while a command waits for its answer."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psutil

from partsearch.operation.errors import StartError
from partsearch.operation.names import RELEASE_SERVICES
from partsearch.operation.supervision.processes import Process
from partsearch.operation.supervision.start_errors import LogSince, error_line, next_step
from partsearch.operation.supervision.supervisor import Supervisor
from partsearch.settings import Settings
from partsearch.system.commands import exception_line
from partsearch.system.process_tree import is_running

_ENDED = ("BACKOFF", "EXITED", "FATAL")
_RUNNING = "RUNNING"
_CHECK_SECONDS = 0.25


@dataclass
class _Started:
    """A process, its log since it was started, and the pids that were seen of it."""

    process: Process
    log: LogSince
    pid: int = 0
    workers: set[psutil.Process] = field(default_factory=set)


class StartWatch:
    """The processes that a command waits for.

    Args:
        supervisor: the supervisor that starts them.
        settings: those of the site.
    """

    def __init__(self, supervisor: Supervisor, settings: Settings) -> None:
        self._supervisor = supervisor
        self._settings = settings
        self._started: dict[str, _Started] = {}
        self._next_check = 0.0

    def add(self, processes: Iterable[Process]) -> None:
        """Add processes that are about to be started."""
        for process in processes:
            self._started[process.name] = _Started(process, LogSince(self._supervisor.log(process.name)))

    def check(self) -> None:
        """Raise StartError if one of the processes has ended, even if the supervisor has started it again.

        The error has the error line of that process, and what to do about it.
        """
        if time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + _CHECK_SECONDS
        known = self._supervisor.processes()
        for name, started in self._started.items():
            if name in known and self._has_failed(started, known[name]):
                raise self._error(started, known[name])

    def all_run(self) -> bool:
        """Return whether every process is RUNNING for the supervisor, which it is a second after its start."""
        known = self._supervisor.processes()
        return all(known[name]["statename"] == _RUNNING for name in self._started)

    def _has_failed(self, started: _Started, known: dict[str, Any]) -> bool:
        if known["statename"] in _ENDED:
            return True
        pid = int(known["pid"])
        if started.pid and pid != started.pid:
            return True
        started.pid = pid
        return pid > 0 and started.process.service in RELEASE_SERVICES and self._has_lost_a_worker(started)

    def _has_lost_a_worker(self, started: _Started) -> bool:
        """Return whether a worker died of an exception. The service starts it again, and it would die again."""
        try:
            alive = set(filter(is_running, psutil.Process(started.pid).children()))
        except psutil.NoSuchProcess:
            return False
        has_lost = bool(started.workers - alive)
        started.workers |= alive
        return has_lost and exception_line(started.log.read()) is not None

    def _error(self, started: _Started, known: dict[str, Any]) -> StartError:
        process = started.process
        line = error_line(process.service, started.log.read()) or _supervisors_reason(known)
        step = next_step(process.service, line, self._settings, started.log.path, process.port)
        return StartError(f"{process.service} does not start: {line.rstrip('.')}.", step)


def _supervisors_reason(known: dict[str, Any]) -> str:
    """Return why a process ended that has logged nothing."""
    reason = str(known["spawnerr"])
    if reason.startswith("Exited too quickly"):  # then its exit status is not kept
        return "it ends at once and logs nothing"
    return reason or f"it ends with exit status {known['exitstatus']} and logs nothing"
