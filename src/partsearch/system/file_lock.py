"""A lock that one process has at a time, by ``flock``. It ends with its process, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partsearch.errors import PartsearchError

_POLL_SECONDS = 0.05
_LONGEST_NOTE = 4096


class FileLockedError(PartsearchError):
    """Another process holds the lock; ``note`` is what it wrote about itself."""

    def __init__(self, path: Path, note: bytes) -> None:
        super().__init__(f"Another process holds {path}.", "Wait for it to end.")
        self.note = note


class FileLock:
    """The lock of one file. Its holder may leave a note there, for those who find it locked.

    Args:
        path: the file, which is made if it does not exist; its folder exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self, note: bytes = b"", *, seconds: float = 0.0) -> Iterator[None]:
        """Hold the lock within the block.

        Args:
            note: what the holder says of itself; empty, the file is not written to.
            seconds: how long to wait for the lock. ``holder_note`` of another process holds it for an instant.

        Raises:
            FileLockedError: another process holds it.
            OSError: the file cannot be opened.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take(descriptor, seconds)
            if note:
                os.pwrite(descriptor, note, 0)
                os.ftruncate(descriptor, len(note))
            yield
        finally:
            os.close(descriptor)

    def holder_note(self) -> bytes | None:
        """Return the note of the process that holds the lock; ``None`` where no process holds it."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _note(descriptor)
        finally:
            os.close(descriptor)
        return None

    def _take(self, descriptor: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise FileLockedError(self._path, _note(descriptor)) from None
            time.sleep(_POLL_SECONDS)


def _note(descriptor: int) -> bytes:
    return os.pread(descriptor, _LONGEST_NOTE, 0)
