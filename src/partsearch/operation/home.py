"""PARTSEARCH_HOME: what lies where, and who may touch it."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from partsearch.database import causes
from partsearch.database.account import refuse_root
from partsearch.database.configured import socket_folder
from partsearch.operation.errors import HomeBusyError, NoSpaceError, OperationError
from partsearch.system.file_lock import FileLock, FileLockedError

_NEEDED_BYTES = 300 * 1024 * 1024


class Home:
    """The folders of one site."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = root / "run"
        self.logs = root / "logs"
        self.static = root / "static"
        self.sockets = socket_folder(root)

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            OperationError: the folders cannot be made.
            NoSpaceError: the disk is too full.
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
                "Make room, or point PARTSEARCH_HOME at another disk.",
            )

    def remove_sockets_outside(self) -> None:
        """Removes the folder of the sockets where it had to be made outside the home."""
        if not self.sockets.is_relative_to(self.root):
            shutil.rmtree(self.sockets, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held while the site is started or stopped.

        Raises:
            HomeBusyError: another command holds it.
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
        causes.advice_on_room(str(error), root)
        or "Point it at a folder that you may write to, or run this as the user who started the site.",
    )


def _require_ours(folder: Path) -> None:
    """Refuses a folder that somebody else has put where ours should be, and a link."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise OperationError(f"{folder} belongs to somebody else.", "Remove it, or use another PARTSEARCH_HOME.")
