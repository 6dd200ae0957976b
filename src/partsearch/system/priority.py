"""Doing work beside the running site without being felt: it takes the processor when nobody else wants it.

Who lowers his priority may not raise it again, but for those whom RLIMIT_NICE (``LimitNICE`` of systemd, or root)
allows it; so what has to become quick again is only slowed down where that can be undone. On a machine that is busy all
the time a nice value of 10 still leaves a tenth of a processor: all of this has time limits.
"""

import os
import resource
from collections.abc import Sequence

_LOW, _NORMAL = 10, 0
_NICE_OF_NORMAL = 20
"""What RLIMIT_NICE has to be for a nice value of 0: setrlimit(2)."""


def gently(command: Sequence[str]) -> list[str]:
    """The command, to be run with a low priority to its end."""
    return ["nice", "-n", str(_LOW), *command]


def lower_group(group: int) -> None:
    """Gives a process group a low priority, if ``raise_group`` can undo it."""
    if _may_be_raised(group):
        _set(group, _LOW)


def raise_group(group: int) -> None:
    """Gives a process group the normal priority; nothing happens where it has it."""
    if _may_be_raised(group):
        _set(group, _NORMAL)


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
