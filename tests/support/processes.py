"""The state of processes in the kernel."""

import psutil


def is_dead(pid: int) -> bool:
    """Return whether a process has ended, even if its parent or init has not reaped it yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
