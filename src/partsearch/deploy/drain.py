"""The drain of a slot: its sockets are closed bit by bit and its requests end, before it is stopped."""

import os
import signal
import time
from pathlib import Path

from partsearch.contract.limits import CLOSED_SOCKETS_PER_SECOND
from partsearch.deploy.canary.sample import ReleaseRole
from partsearch.deploy.canary.traffic_monitor import POLL_SECONDS, TrafficMonitor
from partsearch.deploy.state.record import DeploymentRecord

_CLOSE_SECONDS = 10.0
"""The time limit for the last clients to answer the Close frame."""
_LOG_DELAY_SECONDS = 0.2
"""Nginx writes its log with a delay of a tenth of a second."""
_CAUGHT_SIGNALS = "SigCgt:"


def drain(
    monitor: TrafficMonitor,
    record: DeploymentRecord,
    role: ReleaseRole,
    service: int | None,
    seconds: float,
    sockets_seconds: float,
) -> None:
    """Wait until a release has nothing in flight. What is left at the time limit is counted as cut.

    Args:
        monitor: knows what is in flight.
        record: of the deployment.
        role: the release to drain; it gets no new requests.
        service: the pid of the supervised process whose workers hold the sockets; ``None`` if it has stopped.
        seconds: the time limit; with sockets, the time to close them is added.
        sockets_seconds: the minimum time to close them.
    """
    monitor.draining = role
    left = monitor.in_flight()[role]
    if left and service and close_sockets(service):
        seconds += max(sockets_seconds, left / CLOSED_SOCKETS_PER_SECOND) + _CLOSE_SECONDS
    deadline = time.monotonic() + seconds
    while (left := monitor.in_flight()[role]) and time.monotonic() < deadline:
        monitor.poll()
        time.sleep(POLL_SECONDS)
    time.sleep(_LOG_DELAY_SECONDS)
    monitor.poll()
    record.cut += left


def close_sockets(service: int) -> bool:
    """Have a FastAPI service close its sockets gradually; return whether it got the signal.

    Args:
        service: the pid of the supervised process, which passes the signal on to its workers.
    """
    return _send_signal(service, signal.SIGUSR1)


def keep_sockets(service: int) -> bool:
    """Revert ``close_sockets``; return whether the service got the signal."""
    return _send_signal(service, signal.SIGUSR2)


def _send_signal(service: int, number: signal.Signals) -> bool:
    """Send a signal, unless the release does not handle it: the signal would end such a release."""
    if not _handles(service, number):
        return False
    try:
        os.kill(service, number)
    except ProcessLookupError:
        return False
    return True


def _handles(pid: int, number: signal.Signals) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith(_CAUGHT_SIGNALS)), 0)
    return bool(mask >> (number - 1) & 1)
