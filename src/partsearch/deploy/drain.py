"""Draining a colour: its sockets are sent away, its requests may end, and only then it is stopped."""

import os
import signal
import time
from pathlib import Path

import psutil

from partsearch.deploy.observer import LOOK_SECONDS, Observer
from partsearch.deploy.record import Record
from partsearch.deploy.watch import Side

_SOCKETS_LEAST_SECONDS = 30.0
_SOCKETS_PER_SECOND = 50
_LOGGED_SECONDS = 0.2
"""Nginx writes its log a tenth of a second late."""
_CAUGHT = "SigCgt:"


def drain(observer: Observer, record: Record, side: Side, master: int | None, seconds: float) -> None:
    """Waits until nothing is under way at a release any more. What is left after the deadline is counted as cut.

    Args:
        observer: sees what is under way.
        record: of the update.
        side: the release that is drained; it gets no new requests.
        master: the process whose workers hold the sockets; ``None`` where it is gone.
        seconds: the deadline; where there are sockets, the time that it takes to send them away comes to it.
    """
    observer.drained = side
    left = observer.left()[side]
    if left and master and send_sockets_away(master):
        seconds += max(_SOCKETS_LEAST_SECONDS, left / _SOCKETS_PER_SECOND)
    deadline = time.monotonic() + seconds
    while (left := observer.left()[side]) and time.monotonic() < deadline:
        observer.look()
        time.sleep(LOOK_SECONDS)
    time.sleep(_LOGGED_SECONDS)
    observer.look()
    record.cut += left


def send_sockets_away(master: int) -> int:
    """Tells every worker of a FastAPI service to close its sockets bit by bit; returns how many were told.

    A release whose workers do not know that signal would die of it; those are left alone.
    """
    told = 0
    try:
        workers = psutil.Process(master).children(recursive=True)
    except psutil.NoSuchProcess:
        return 0
    for worker in workers:
        if _catches(worker.pid, signal.SIGUSR1):
            os.kill(worker.pid, signal.SIGUSR1)
            told += 1
    return told


def _catches(pid: int, number: signal.Signals) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith(_CAUGHT)), 0)
    return bool(mask >> (number - 1) & 1)
