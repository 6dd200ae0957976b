"""Whether the disk of the home is full."""

import os
from pathlib import Path

FULL_BYTES = 32 * 1024 * 1024
"""With less than this PostgreSQL may stop at any moment: it writes ahead in files of 16 MiB."""


def full_disk(folder: Path) -> str | None:
    """Return why nothing more can be written to the disk of ``folder``, in words; ``None`` where it has room.

    Args:
        folder: a folder; where it is not there yet, the nearest one above counts.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    status = os.statvfs(there)
    free = status.f_bavail * status.f_frsize
    if free < FULL_BYTES:
        return f"The disk of {folder} is full: {free // 2**20} MiB are free."
    if status.f_files and not status.f_favail:
        return f"The disk of {folder} is full: it has no room for another file (inodes)."
    return None
