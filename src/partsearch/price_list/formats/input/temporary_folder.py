"""The temporary folder of an import. That of an import that was killed is removed by the next one."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from partsearch.price_list.errors import UnreadableFileError

_PREFIX = "partsearch-list-"
_LOCKED_WITHIN_SECONDS = 60
"""A folder is locked right after it is made. A younger one may not be locked yet."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder, which is removed after the block; remove those that killed processes of this user left.

    A folder is locked as long as its process lives.

    Raises:
        UnreadableFileError: no folder takes temporary files.
    """
    try:
        parent = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UnreadableFileError(
            f"No folder takes temporary files: {error.strerror}.",
            "Free some space, or set TMPDIR to a directory on another disk.",
        ) from error
    _remove_abandoned(parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(descriptor)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another import may remove the same folder
            if _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Return whether a folder is ours, and the process that made it is gone."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        is_young = time.time() - status.st_mtime < _LOCKED_WITHIN_SECONDS
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) != stat.S_IRWXU or is_young:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
