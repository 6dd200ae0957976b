"""The free space of a disk."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

_FULL_BYTES = 32 * 1024 * 1024
"""With less than this PostgreSQL may stop at any moment: it writes its log ahead in files of 16 MiB."""


@dataclass(frozen=True)
class DiskSpace:
    """The free space on the disk of ``folder``: bytes, and whether another file can be created (inodes)."""

    folder: Path
    free_bytes: int
    has_inodes: bool

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be written."""
        return self.free_bytes < _FULL_BYTES or not self.has_inodes

    def __str__(self) -> str:
        if self.free_bytes >= _FULL_BYTES and not self.has_inodes:
            return f"The disk of {self.folder} is full: it has no inode for another file."
        full = " is full:" if self.is_full else ":"
        return f"The disk of {self.folder}{full} {self.free_bytes // 2**20:,} MiB are free."


def is_full_disk(error: OSError) -> bool:
    """Return whether an error says that there is no space left, on the disk or for this user."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def disk_space(folder: Path) -> DiskSpace:
    """Return the free space for ``folder``; if it does not exist yet, for the nearest folder above."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    status = os.statvfs(existing)
    return DiskSpace(folder, status.f_bavail * status.f_frsize, bool(status.f_favail or not status.f_files))
