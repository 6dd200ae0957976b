"""What to do about a failed program if the machine is the cause: disk, permissions, memory."""

import re
from pathlib import Path

_FULL = re.compile(r"No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b", re.IGNORECASE)
_FORBIDDEN = re.compile(r"Permission denied|Operation not permitted|Read-only file system", re.IGNORECASE)
_NO_MEMORY = re.compile(r"Cannot allocate memory|out of memory|could not map anonymous shared memory", re.IGNORECASE)


def machine_advice(line: str, home: Path) -> str | None:
    """Return what to do about an error line of a program; ``None`` if the machine is not the cause.

    Args:
        line: the error line.
        home: the home of the site.
    """
    if (step := disk_advice(line, home)) is not None:
        return step
    if _FORBIDDEN.search(line):
        return f"Give the account of the site the right to it. Does {home} belong to that account?"
    if _NO_MEMORY.search(line):
        return "End other programs, or give the machine more memory."
    return None


def disk_advice(line: str, home: Path) -> str | None:
    """Return what to do about an error line; ``None`` if a full disk is not the cause."""
    return f"Free some space on the disk of {home}, then run it again." if _FULL.search(line) else None
