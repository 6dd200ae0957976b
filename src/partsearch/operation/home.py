"""PARTSEARCH_HOME: its folders, their permissions, and the lock for starting and stopping the site."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from partsearch.database.account import refuse_root
from partsearch.database.address.configured import socket_folder
from partsearch.operation.errors import HomeBusyError, NoSpaceError, OperationError
from partsearch.system.file_lock import FileLock, FileLockedError
from partsearch.system.machine_advice import disk_advice

_NEEDED_BYTES = 300 * 1024 * 1024


class Home:
    """The folders of one site.

    Args:
        root: PARTSEARCH_HOME.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = root / "run"
        self.logs = root / "logs"
        self.static = root / "static"
        self.sockets = socket_folder(root)

    def prepare(self) -> None:
        """Create the folders.

        Raises:
            OperationError: a folder cannot be created, or belongs to another account.
            NoSpaceError: the disk has too little space.
        """
        refuse_root()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for folder in (self.root, self.run, self.logs, self.static, self.sockets):
                folder.mkdir(exist_ok=True)
                _require_ours(folder)
                folder.chmod(0o750)
        except OSError as error:
            raise _unusable(self.root, error) from error
        self._check_space()

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < _NEEDED_BYTES:
            raise NoSpaceError(
                f"Only {free // 2**20} MiB are free on the disk of {self.root}; {_NEEDED_BYTES // 2**20} are needed.",
                "Free some space, or point PARTSEARCH_HOME to another disk.",
            )

    def remove_sockets_outside(self) -> None:
        """Remove the folder of the sockets if it is outside the home."""
        if not self.sockets.is_relative_to(self.root):
            shutil.rmtree(self.sockets, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock for starting and stopping the site within the block.

        Raises:
            HomeBusyError: another command holds it.
            OperationError: the home cannot be used.
        """
        refuse_root()
        with ExitStack() as stack:
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                stack.enter_context(FileLock(self.root / "lock").held())
            except FileLockedError:
                raise HomeBusyError(
                    f"Another command is starting or stopping the site in {self.root}.", "Wait for it to end."
                ) from None
            except OSError as error:
                raise _unusable(self.root, error) from error
            yield


def _unusable(root: Path, error: OSError) -> OperationError:
    return OperationError(
        f"PARTSEARCH_HOME {root} cannot be used: {error.strerror}.",
        disk_advice(str(error), root)
        or "Point it to a folder that you may write to, or run this as the user that started the site.",
    )


def _require_ours(folder: Path) -> None:
    """Raise OperationError if the folder is a link or belongs to another account."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise OperationError(f"{folder} belongs to another account.", "Remove it, or use another PARTSEARCH_HOME.")
