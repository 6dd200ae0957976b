"""What the kernel says of processes."""

import psutil


def is_dead(pid: int) -> bool:
    """Whether a process has ended; its parent, or the init of the machine, may not have taken notice of it yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
