"""How busy the machine is, by the counters of the kernel."""

import os
from datetime import UTC, datetime

import psutil

from partsearch.bench.record import Busyness


def busyness() -> Busyness:
    """Return the load of the machine now, and its CPU seconds since boot."""
    times = psutil.cpu_times()
    waiting = times.idle + getattr(times, "iowait", 0.0)
    steal = getattr(times, "steal", 0.0)
    # The user's time includes the guests' time.
    busy = times.user + times.nice + times.system + getattr(times, "irq", 0.0) + getattr(times, "softirq", 0.0)
    return Busyness(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg(),
        busy_seconds=busy,
        steal_seconds=steal,
        total_seconds=busy + waiting + steal,
    )
