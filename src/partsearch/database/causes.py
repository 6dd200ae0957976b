"""What to do about a program that failed, by what it said: the causes that lie in the machine."""

import re
from pathlib import Path

_FULL = re.compile(r"No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b", re.IGNORECASE)
_FORBIDDEN = re.compile(r"Permission denied|Operation not permitted|Read-only file system", re.IGNORECASE)
_NO_MEMORY = re.compile(r"Cannot allocate memory|out of memory|could not map anonymous shared memory", re.IGNORECASE)


def advice(said: str, home: Path) -> str | None:
    """Return what to do about ``said``, ``None`` where it does not speak of the machine.

    Args:
        said: the error line of a program.
        home: the home of the site.
    """
    if (room := advice_on_room(said, home)) is not None:
        return room
    if _FORBIDDEN.search(said):
        return f"Give the account that runs the site the right to it. Does {home} belong to that account?"
    if _NO_MEMORY.search(said):
        return "End other programs, or give the machine more memory."
    return None


def advice_on_room(said: str, home: Path) -> str | None:
    """Return what to do where ``said`` tells of a full disk, ``None`` where it does not."""
    return f"Make room on the disk of {home}, then run it again." if _FULL.search(said) else None
