"""Low priority for work beside the running site: it gets the processor when no other process needs it.

A process that lowers its priority may raise it again only if RLIMIT_NICE (``LimitNICE`` of systemd, or root) allows it.
So the priority of a service is lowered only where that can be undone. On a machine that is always busy a nice value of
10 leaves about a tenth of a processor; all of this work has time limits.
"""

import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_LOW, _NORMAL = 10, 0
_NICE_OF_NORMAL = 20
"""The RLIMIT_NICE that a nice value of 0 needs: setrlimit(2)."""


def gently(command: Sequence[str]) -> list[str]:
    """Return the command with a low priority to its end."""
    return ["nice", "-n", str(_LOW), *command]


def lower_group(group: int) -> None:
    """Give a process group a low priority if ``raise_group`` can undo it."""
    if _may_be_raised(group):
        _set(group, _LOW)


def raise_group(group: int) -> None:
    """Give a process group the normal priority."""
    if _may_be_raised(group):
        _set(group, _NORMAL)


def lower_own() -> None:
    """Give this process a low priority to its end."""
    os.setpriority(os.PRIO_PROCESS, 0, max(_LOW, _own_nice()))
    _set_autogroup(os.getpid(), _own_nice())


def share_own(pid: int) -> None:
    """Give a process that works for this one the priority of this one, if that is a low one and it is allowed."""
    nice = _own_nice()
    if nice <= _NORMAL:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, nice)
        _set_autogroup(pid, nice)


def _own_nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


def _set_autogroup(pid: int, nice: int) -> None:
    """Set the nice value of the session that a process leads: the kernel may share processors between sessions.

    Then the value of a process counts only within its session: sched(7), "The autogroup feature". The session of a
    terminal has other processes, so it is left. Each backend of PostgreSQL leads a session of its own.
    """
    if os.getsid(pid) == pid:
        with suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(f"{nice}\n")


def _may_be_raised(group: int) -> bool:
    try:
        return resource.prlimit(group, resource.RLIMIT_NICE)[0] >= _NICE_OF_NORMAL
    except (ProcessLookupError, PermissionError):
        return False


def _set(group: int, nice: int) -> None:
    try:
        os.setpriority(os.PRIO_PGRP, group, nice)
    except ProcessLookupError:
        return
