"""Draining a slot: its sockets are sent away, its requests may end, and only then it is stopped."""

import os
import signal
import time
from pathlib import Path

from partsearch.deploy.observer import LOOK_SECONDS, Observer
from partsearch.deploy.record import Record
from partsearch.deploy.watch import Side

_SOCKETS_PER_SECOND = 50
_CLOSE_SECONDS = 10.0
"""The last of the sockets may take this long to answer their Close frames."""
_LOGGED_SECONDS = 0.2
"""Nginx writes its log a tenth of a second late."""
_CAUGHT = "SigCgt:"


def drain(
    observer: Observer, record: Record, side: Side, service: int | None, seconds: float, sockets_seconds: float
) -> None:
    """Waits until nothing is under way at a release any more. What is left after the deadline is counted as cut.

    Args:
        observer: sees what is under way.
        record: of the update.
        side: the release that is drained; it gets no new requests.
        service: the supervised process whose workers hold the sockets; ``None`` where it is gone.
        seconds: the deadline; where there are sockets, the time that it takes to send them away comes to it.
        sockets_seconds: how long a few sockets are given to go.
    """
    observer.drained = side
    left = observer.left()[side]
    if left and service and send_sockets_away(service):
        seconds += max(sockets_seconds, left / _SOCKETS_PER_SECOND) + _CLOSE_SECONDS
    deadline = time.monotonic() + seconds
    while (left := observer.left()[side]) and time.monotonic() < deadline:
        observer.look()
        time.sleep(LOOK_SECONDS)
    time.sleep(_LOGGED_SECONDS)
    observer.look()
    record.cut += left


def send_sockets_away(service: int) -> bool:
    """Tells a FastAPI service to close its sockets bit by bit; returns whether it was told.

    Args:
        service: the process that the supervisor started; it hands the word on to its workers.
    """
    return _signal(service, signal.SIGUSR1)


def let_sockets_stay(service: int) -> bool:
    """Takes back what ``send_sockets_away`` has told; returns whether the service was told."""
    return _signal(service, signal.SIGUSR2)


def _signal(service: int, number: signal.Signals) -> bool:
    """A release that does not know the signal would die of it; that one is left alone."""
    if not _catches(service, number):
        return False
    try:
        os.kill(service, number)
    except ProcessLookupError:
        return False
    return True


def _catches(pid: int, number: signal.Signals) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith(_CAUGHT)), 0)
    return bool(mask >> (number - 1) & 1)
