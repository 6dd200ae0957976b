"""The number of open sockets of each process, for an observer of a drain: one small file a process.

The number is in shared memory, so a change costs nothing and a reader needs no answer from the process.
"""

import contextlib
import mmap
import os
import struct
from pathlib import Path

import psutil

_FORMAT = struct.Struct("=q")
_FOLDER = "live"


class SocketCount:
    """The count of this process.

    Args:
        run: ``PARTSEARCH_HOME/run``.
    """

    def __init__(self, run: Path) -> None:
        self._path = run / _FOLDER / str(os.getpid())
        self._memory: mmap.mmap | None = None

    def open(self) -> None:
        """Start with 0. Without a writable folder there is no count, and live search works."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            self._path.write_bytes(_FORMAT.pack(0))
            with self._path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), _FORMAT.size)

    def set(self, number: int) -> None:
        """Set the count to ``number``."""
        if self._memory is not None:
            _FORMAT.pack_into(self._memory, 0, number)

    def close(self) -> None:
        """Remove the count."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None
            self._path.unlink(missing_ok=True)


def open_sockets(run: Path, service: int) -> dict[int, int]:
    """Return the number of open live sockets of each process of a FastAPI service, by its pid.

    Args:
        run: ``PARTSEARCH_HOME/run``.
        service: the process that the supervisor started.
    """
    counts = {}
    for path in (run / _FOLDER).glob("*"):
        pid = int(path.name)
        try:
            if service in (pid, psutil.Process(pid).ppid()):
                counts[pid] = int(_FORMAT.unpack(path.read_bytes())[0])
        except psutil.NoSuchProcess:
            path.unlink(missing_ok=True)
        except (OSError, struct.error):
            # The process is starting or ending.
            continue
    return counts
