"""One update of a site at a time; the second is told who is at it and since when."""

import fcntl
import getpass
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from partsearch.deploy.errors import DeployBusyError, DeployError

_PATIENCE_SECONDS = 0.5
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Holder:
    """Who updates the site: his account, the process, what it does, and since when."""

    user: str
    pid: int
    what: str
    since: str


class DeployLock:
    """The lock of one home. It falls with the process that holds it, however that ends."""

    def __init__(self, home: Path) -> None:
        self._path = home / "deploys" / "lock"

    @contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Held within the block.

        Raises:
            DeployBusyError: another process holds it; names it.
        """
        descriptor = self._open()
        try:
            _take(descriptor)
            _write(descriptor, Holder(_user(), os.getpid(), what, datetime.now(UTC).isoformat(timespec="seconds")))
            yield
        finally:
            os.close(descriptor)

    def holder(self) -> Holder | None:
        """Who holds it now."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(descriptor)
        finally:
            os.close(descriptor)
        return None

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DeployError(
                f"{self._path} cannot be written: {error.strerror}.", "Run this as the user who started the site."
            ) from error


def _take(descriptor: int) -> None:
    """Takes the lock. Whoever only looks who holds it has it for an instant, so it is asked for more than once."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _busy(_read(descriptor)) from None
        time.sleep(_POLL_SECONDS)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())


def _read(descriptor: int) -> Holder:
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return Holder("somebody", 0, "An update", "just now")


def _write(descriptor: int, holder: Holder) -> None:
    text = json.dumps(asdict(holder)).encode()
    os.pwrite(descriptor, text, 0)
    os.ftruncate(descriptor, len(text))


def _busy(holder: Holder) -> DeployBusyError:
    return DeployBusyError(
        f"{holder.what} by {holder.user} (pid {holder.pid}) runs since {holder.since}.",
        "Wait for it to end, or end it with 'partsearch rollback'.",
    )
