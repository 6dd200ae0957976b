"""The state of processes in the kernel."""

import psutil

from partsearch.system.process_tree import is_running


def is_dead(pid: int) -> bool:
    """Return whether a process has ended, even if its parent or init has not reaped it yet."""
    try:
        return not is_running(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True
