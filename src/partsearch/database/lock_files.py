"""PostgreSQL's lock files that keep it from starting although no server works in its data folder.

In a home that is a copy of a running one they name the server of the original. Where a server was killed, they may name
a process that has ended and that nobody has asked for its exit status: in a container the first process may never do
so. PostgreSQL sees that a process of that number is there, and refuses to start.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_END_SECONDS = 5.0
_LOOK_SECONDS = 0.05


def remove_foreign_locks(data_folder: Path, socket_folder: Path) -> None:
    """Remove the lock files of a cluster that name a process which is no server of this cluster, or one that has ended.

    Where the process is gone, the file is left: by it PostgreSQL finds out whether parts of that server still live.
    """
    for lock in _lock_files(data_folder, socket_folder):
        if _is_foreign(lock, data_folder) or _names_one_that_has_ended(lock, data_folder):
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


def _names_one_that_has_ended(lock: Path, data_folder: Path) -> bool:
    """Return whether the server has ended, whose exit status nobody has asked for, and all parts of it with it."""
    try:
        pid = int(lock.read_text().splitlines()[0])
        if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return False
    except (FileNotFoundError, ValueError, IndexError, psutil.Error):
        return False
    deadline = time.monotonic() + _END_SECONDS
    while _is_worked_in(data_folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _is_worked_in(data_folder: Path) -> bool:
    """Return whether a process has the data folder for its current one, as all parts of a server have."""
    folder = data_folder.stat()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.path.samestat((process / "cwd").stat(), folder):
                return True
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return False
