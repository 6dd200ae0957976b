"""The deployment lock: one deployment of a site at a time. The error of a second one names the holder."""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from partsearch.deploy.errors import DeployBusyError, DeployError
from partsearch.system.file_lock import FileLock, FileLockedError

_ACQUIRE_SECONDS = 0.5
"""A process that only reads the holder takes the lock for a moment."""


@dataclass(frozen=True)
class LockHolder:
    """The process that holds the lock: its account, its pid, what it does, and since when."""

    user: str
    pid: int
    what: str
    since: str

    def __str__(self) -> str:
        return f"{self.what} by {self.user} (pid {self.pid}) has been running since {self.since}"


class DeployLock:
    """The lock of one home. The kernel releases it when its process ends."""

    def __init__(self, home: Path) -> None:
        self._path = home / "deploys" / "lock"
        self._lock = FileLock(self._path)

    @contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Hold the lock for the duration of the block.

        Args:
            what: what the process does: "The deployment of v2".

        Raises:
            DeployBusyError: another process holds the lock; names it.
            DeployError: the file of the lock cannot be written.
        """
        holder = LockHolder(_user(), os.getpid(), what, datetime.now(UTC).isoformat(timespec="seconds"))
        with ExitStack() as stack:
            try:
                self._path.parent.mkdir(exist_ok=True)
                stack.enter_context(self._lock.held(json.dumps(asdict(holder)).encode(), seconds=_ACQUIRE_SECONDS))
            except FileLockedError as error:
                raise DeployBusyError(
                    f"{_holder(error.note)}.", "Wait until it ends, or end it with 'partsearch rollback'."
                ) from None
            except OSError as error:
                raise DeployError(
                    f"{self._path} cannot be written: {error.strerror}.", "Run this as the user who started the site."
                ) from error
            yield

    def holder(self) -> LockHolder | None:
        """Return the process that holds the lock now."""
        note = self._lock.holder_note()
        return None if note is None else _holder(note)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())


def _holder(note: bytes) -> LockHolder:
    """Return the holder that wrote ``note``; a placeholder if it has not written it yet."""
    try:
        return LockHolder(**json.loads(note))
    except (ValueError, TypeError):
        return LockHolder("an unknown user", 0, "A deployment", "just now")
