"""The operating system account that the site's processes run as.

PostgreSQL refuses to run as root, and a public service should not run as root. An ordinary user runs the site under
its own account. Root switches to a system account without special rights: ``partsearch.operation.access.privileges``.
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
from functools import cache
from pathlib import Path

from partsearch.database.errors import EmbeddedDatabaseError
from partsearch.errors import PartsearchError

NAME = "partsearch"
ROOT = 0
_CALLERS = ("SUDO_USER", "DOAS_USER")
"""Variables in which the programs that make a user root name the user."""
_MOST_LINKS = 40


class RootRefusedError(PartsearchError):
    """A process of root tried to use the home, which belongs to the site's account."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Return whether this process is root."""
    return os.geteuid() == ROOT


@cache
def caller() -> str:
    """Return the name of the user who runs this command.

    It is found at the first call, and kept: root calls this before it becomes the site's account.
    """
    if is_root() and (name := next(filter(None, map(os.environ.get, _CALLERS)), None)):
        return name
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def refuse_root() -> None:
    """Raise RootRefusedError if this process is root. Code that writes to a home or runs files in it calls this."""
    if is_root():
        raise RootRefusedError(
            "Root does not write to PARTSEARCH_HOME, which belongs to the site's account.",
            "This is a bug in partsearch: the command must switch to the account first. Run it as that account.",
        )


def existing_account() -> Account | None:
    """Return the account that root switches to; ``None`` if it does not exist."""
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def site_account() -> Account:
    """Return the account that the site runs as. For root it is created on the first call.

    Raises:
        EmbeddedDatabaseError: the account cannot be created.
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
            f"The system account '{NAME}', which the site runs as when root starts it, cannot be created: {error}.",
            "Create it with useradd, or run partsearch as an ordinary user.",
        ) from error


def controls_path(account: Account, path: Path) -> bool:
    """Return whether ``path``, or a folder or link on the way to it, belongs to the account.

    Then the account controls where the path leads, and root must not follow it.
    """
    return any(status.st_uid == account.uid for _, status in _path_steps(path))


def grant_traversal(account: Account, *paths: Path) -> list[Path]:
    """Let the account traverse ``paths`` and the folders on the way to them, if this process is root.

    Only the right to traverse is granted (``o+x``), not the right to list. Folders inside a folder of the account are
    not changed.

    Returns:
        The folders whose mode was changed.
    """
    changed: list[Path] = []
    for path in paths if is_root() else ():
        for folder, status in _path_steps(path):
            if status.st_uid == account.uid:
                break
            if stat.S_ISDIR(status.st_mode) and not status.st_mode & stat.S_IXOTH:
                add_mode(folder, stat.S_IXOTH)
                changed.append(folder)
    return changed


def add_mode(path: Path, bits: int) -> None:
    """Add ``bits`` to the mode of a file or folder; a link that has replaced it is not followed."""
    with open_no_follow(path) as descriptor:
        os.fchmod(descriptor, stat.S_IMODE(os.fstat(descriptor).st_mode) | bits)


@contextmanager
def open_no_follow(path: Path, flags: int = 0) -> Iterator[int]:
    """Yield a descriptor of a file or folder; raise OSError if the path is a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _path_steps(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield each step from / to ``path``, links before their targets, as far as the path exists."""
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
    """Return the folders that contain the programs of the site's processes."""
    return Path(sys.executable).parent, Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[1]
