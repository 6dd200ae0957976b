"""The account that the site's processes run as.

PostgreSQL refuses to run as root, and nothing that answers strangers should. Whoever is not root runs the site as
himself. Root becomes a system account without rights of its own: ``partsearch.operation.access.privileges``.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from partsearch.database.errors import EmbeddedDatabaseError
from partsearch.errors import PartsearchError

NAME = "partsearch"
ROOT = 0
_MOST_LINKS = 40


class RootRefusedError(PartsearchError):
    """Root was about to work in the home, which belongs to the site's account."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Return whether this process is root."""
    return os.geteuid() == ROOT


def refuse_root() -> None:
    """Raise RootRefusedError if this process is root. Whatever writes to a home or runs what lies there asks here."""
    if is_root():
        raise RootRefusedError(
            "Root does not work in PARTSEARCH_HOME, which belongs to the site's account.",
            "This is a fault of partsearch: the command has to become the account first. Run it as the account.",
        )


def known_account() -> Account | None:
    """Return the account that root becomes, if it is there; it is not made."""
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def site_account() -> Account:
    """Return the account that the site runs as; made on the first call where root asks.

    Raises:
        EmbeddedDatabaseError: root cannot make the account.
    """
    entry = _system_account() if is_root() else pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    program = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.SubprocessError, KeyError) as error:
        raise EmbeddedDatabaseError(
            f"The system account '{NAME}', which the site runs as when root starts it, cannot be made: {error}.",
            "Make it by hand, or run partsearch as an ordinary user.",
        ) from error


def has_a_hand_in(account: Account, path: Path) -> bool:
    """Return whether anything on the way to ``path``, or ``path`` itself, belongs to the account.

    Then the account decides what is found there, and root must not follow.
    """
    return any(status.st_uid == account.uid for _, status in _way(path))


def let_pass(account: Account, *paths: Path) -> list[Path]:
    """Let the account pass through the folders on the way to ``paths``, and through ``paths`` themselves, if root asks.

    Only the right to pass is given (``o+x``), not the right to list. What is in a folder of the account is left alone.

    Returns:
        The folders that were opened.
    """
    opened: list[Path] = []
    for path in paths if is_root() else ():
        for folder, status in _way(path):
            if status.st_uid == account.uid:
                break
            if stat.S_ISDIR(status.st_mode) and not status.st_mode & stat.S_IXOTH:
                add_mode(folder, stat.S_IXOTH)
                opened.append(folder)
    return opened


def add_mode(path: Path, bits: int) -> None:
    """Add ``bits`` to the mode of a file or folder; a link that has taken its place is not followed."""
    with opened(path) as descriptor:
        os.fchmod(descriptor, stat.S_IMODE(os.fstat(descriptor).st_mode) | bits)


@contextmanager
def opened(path: Path, flags: int = 0) -> Iterator[int]:
    """Return a descriptor of a file or folder for the block; opening fails with OSError where a link stands there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _way(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Return each step from / to ``path``, links and then what they lead to, as far as there is something."""
    here, rest, links = Path("/"), list(path.absolute().parts[1:]), 0
    while rest:
        step = here / rest.pop(0)
        if step.name == "..":
            here = here.parent
            continue
        try:
            status = step.lstat()
        except OSError:
            return
        yield step, status
        if not stat.S_ISLNK(status.st_mode):
            here = step
            continue
        links += 1
        if links > _MOST_LINKS:
            return
        target = step.readlink()
        here, rest = (Path("/") if target.is_absolute() else here), [*target.parts[target.is_absolute() :], *rest]


def program_folders() -> tuple[Path, ...]:
    """Return the folders that the site's processes run from."""
    return Path(sys.executable).parent, Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[1]
