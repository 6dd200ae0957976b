"""Stale lock files of PostgreSQL, which prevent its start although no server uses its data folder.

In a copy of a running home they name the server of the original. After a server was killed, they may name a zombie: a
process that has ended and whose exit status its parent has not read. In a container the first process may never read
it. PostgreSQL finds a process with this pid and refuses to start.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_END_SECONDS = 5.0
_POLL_SECONDS = 0.05


def remove_stale_locks(data_folder: Path, socket_folder: Path) -> None:
    """Remove the lock files of a cluster that name a zombie or a process that is no server of this cluster.

    If the process does not exist, the file stays: with it PostgreSQL detects leftover processes of that server.
    """
    for lock in _lock_files(data_folder, socket_folder):
        if _is_foreign(lock, data_folder) or _names_zombie(lock, data_folder):
            lock.unlink()


def _lock_files(data_folder: Path, socket_folder: Path) -> Iterator[Path]:
    yield data_folder / "postmaster.pid"
    yield from socket_folder.glob(".s.PGSQL.*.lock")


def _is_foreign(lock: Path, data_folder: Path) -> bool:
    """Return whether the process works in another folder than a server of this cluster.

    The result is false if the folder of the process cannot be read: then PostgreSQL decides.
    """
    try:
        return not _works_in(_pid(lock), data_folder.stat())
    except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
        return False


def _names_zombie(lock: Path, data_folder: Path) -> bool:
    """Return whether the process is a zombie and all other processes of the server have ended."""
    try:
        if psutil.Process(_pid(lock)).status() != psutil.STATUS_ZOMBIE:
            return False
    except (FileNotFoundError, ValueError, IndexError, psutil.Error):
        return False
    deadline = time.monotonic() + _END_SECONDS
    while _is_in_use(data_folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _pid(lock: Path) -> int:
    return int(lock.read_text().splitlines()[0])


def _is_in_use(data_folder: Path) -> bool:
    """Return whether the data folder is the current folder of a process, as of all processes of a server."""
    folder = data_folder.stat()
    for pid in psutil.pids():
        try:
            if _works_in(pid, folder):
                return True
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return False


def _works_in(pid: int, folder: os.stat_result) -> bool:
    """Return whether a folder is the current one of a process. The folder itself counts, not its path."""
    return os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), folder)
