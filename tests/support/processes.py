"""The state of processes in the kernel."""

import signal

import psutil

from partsearch.system.process_tree import is_running


def is_dead(pid: int) -> bool:
    """Return whether a process has ended, even if its parent or init has not reaped it yet."""
    try:
        return not is_running(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def as_in_a_terminal() -> None:
    """Restore the default signal handlers: in the background or under nohup, tests inherit ignored signals."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
