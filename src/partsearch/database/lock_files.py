"""PostgreSQL's lock files in a home that is a copy of a running one.

They name the server of the original. PostgreSQL sees that a process of that number lives, and refuses to start.
"""

import os
from collections.abc import Iterator
from pathlib import Path


def remove_foreign_locks(data_folder: Path, socket_folder: Path) -> None:
    """Remove the lock files of a cluster that name a living process which is no server of this cluster.

    Where the process is gone, the file is left: by it PostgreSQL finds out whether parts of that server still live.
    """
    for lock in _lock_files(data_folder, socket_folder):
        if _is_foreign(lock, data_folder):
            lock.unlink()


def _lock_files(data_folder: Path, socket_folder: Path) -> Iterator[Path]:
    yield data_folder / "postmaster.pid"
    yield from socket_folder.glob(".s.PGSQL.*.lock")


def _is_foreign(lock: Path, data_folder: Path) -> bool:
    """A server works in its data folder; of a process that may not be asked, PostgreSQL has to judge."""
    try:
        pid = int(lock.read_text().splitlines()[0])
        return not os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), data_folder.stat())
    except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
        return False
