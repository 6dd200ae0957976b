"""How busy the machine is, as the kernel counts it."""

import os
from datetime import UTC, datetime

import psutil

from partsearch.bench.record import Busyness


def busyness() -> Busyness:
    """The machine at this moment: its load, and the CPU seconds since it booted."""
    times = psutil.cpu_times()
    waiting = times.idle + getattr(times, "iowait", 0.0)
    steal = getattr(times, "steal", 0.0)
    # Guests are in the user's time already.
    busy = times.user + times.nice + times.system + getattr(times, "irq", 0.0) + getattr(times, "softirq", 0.0)
    return Busyness(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg(),
        busy_seconds=busy,
        steal_seconds=steal,
        total_seconds=busy + waiting + steal,
    )
