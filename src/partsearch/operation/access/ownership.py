"""Whether a home is as partsearch made it: whose its files are, who else may read or write them, where links stand.

A release before let root write into the home. What it left there is in the way now, and is named with what to do.
"""

import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from partsearch.database.account import ROOT
from partsearch.database.check_result import CheckResult
from partsearch.operation.errors import OperationError

_MADE = (
    "lock", "secret_key", "database_password", "traffic.json",
    "run", "logs", "static", "deploys", "releases", "postgres", "bench", "imports", ".cache",
)  # fmt: skip
"""What partsearch makes in a home; a user's own files beside it are the user's matter."""
_LISTED = ("run", "logs", "deploys", "releases")
_PRIVATE = ("secret_key", "database_password", "postgres")
_LINKS_EXPECTED = ("releases", "postgres", ".cache", "bench")
"""Folders in which links are usual: virtual environments, and what an administrator moves to another disk."""
_SHOWN = 3


@dataclass(frozen=True)
class Oddity:
    """One file or folder that is not as partsearch made it, and the command that makes it so; ``-`` where none does."""

    path: Path
    what: str
    is_owner: bool = False
    mend: str = ""


def require_own(home: Path) -> None:
    """Raise OperationError where something in the home that commands work with belongs to somebody else.

    Only the first two levels are looked at: it is done before every command. A home that is wholly another user's is
    told by what fails there.
    """
    if _owner(home) not in (ROOT, os.geteuid()):
        return
    foreign = [path for path in _first_levels(home) if _owner(path) not in (None, os.geteuid())]
    if foreign:
        others = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise OperationError(
            f"{foreign[0]}{others} in PARTSEARCH_HOME belongs to {_name(_owner(foreign[0]))},"
            f" not to '{_name(os.geteuid())}', which the site runs as.",
            _give(home, foreign[0]),
        )


def home_findings(home: Path) -> Iterator[CheckResult]:
    """Return what doctor says of the owners, modes and links of a home; nothing of one that is not there."""
    if not os.path.lexists(home):
        return
    oddities = list(_oddities(home))
    owners = [oddity for oddity in oddities if oddity.is_owner]
    others = [oddity for oddity in oddities if not oddity.is_owner]
    if owners:
        yield CheckResult("home", _told(owners), is_fault=True, next_step=_give(home, owners[0].path))
    if others:
        yield CheckResult("home", _told(others), next_step=others[0].mend)
    if not oddities:
        yield CheckResult("home", f"{home} belongs to '{_name(os.geteuid())}', and nobody else may write there")


def _told(oddities: list[Oddity]) -> str:
    """Return the first few in words, with the count of all."""
    first = "; ".join(f"{oddity.path} {oddity.what}" for oddity in oddities[:_SHOWN])
    return f"{len(oddities)} not as partsearch made it: {first}{'; …' if len(oddities) > _SHOWN else ''}"


def _give(home: Path, path: Path) -> str:
    """Return what to do about a wrong owner. A folder that is wholly another's may be no home at all."""
    user = _name(os.geteuid())
    if path == home:
        return f"Use another PARTSEARCH_HOME, or, if it is the site's alone, give it to '{user}'."
    return f"As root: chown -R -h {user}:{_group_name(os.getegid())} {shlex.quote(str(home))}"


def _first_levels(home: Path) -> Iterator[Path]:
    yield home
    for name in _MADE:
        yield home / name
        if name in _LISTED and _is_open_folder(home / name):
            yield from (home / name).iterdir()


def _oddities(home: Path) -> Iterator[Oddity]:
    """Return what is wrong with the home's folder and with all that partsearch makes in it."""
    yield from _of_one(home, home)
    for name in _MADE:
        for path in _tree(home / name):
            yield from _of_one(path, home)


def _tree(path: Path) -> Iterator[Path]:
    """Return a file, or a folder with all that is below it; links are not followed."""
    yield path
    if not _is_open_folder(path):
        return
    for folder, folders, files in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_open_folder(path: Path) -> bool:
    """Return whether a path is a folder, not a link, whose files can be listed and looked at."""
    return os.access(path, os.R_OK | os.X_OK) and path.is_dir() and not path.is_symlink()


def _of_one(path: Path, home: Path) -> Iterator[Oddity]:
    try:
        status = path.lstat()
    except OSError:
        return
    mode, parts = status.st_mode, path.relative_to(home).parts
    quoted = shlex.quote(str(path))
    if status.st_uid != os.geteuid():
        yield Oddity(path, f"belongs to {_name(status.st_uid)}", is_owner=True)
    elif stat.S_ISLNK(mode):
        if not parts or parts[0] not in _LINKS_EXPECTED:
            yield Oddity(path, "is a link", mend=f"See where it leads, then: rm {quoted}")
    elif mode & (stat.S_IWGRP | stat.S_IWOTH) and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        yield Oddity(path, "can be written by others", mend=f"chmod go-w {quoted}")
    elif mode & (stat.S_IRWXG | stat.S_IRWXO) and _is_private(parts):
        yield Oddity(path, "can be read by others", mend=f"chmod go-rwx {quoted}")


def _is_private(parts: tuple[str, ...]) -> bool:
    """Return whether nobody but the account is to see it: keys, and the supervisor's configuration."""
    is_configuration = (
        len(parts) == 2 and parts[0] == "run" and parts[1].startswith("supervisord") and "conf" in parts[1]
    )
    return is_configuration or (len(parts) == 1 and parts[0] in _PRIVATE)


def _owner(path: Path) -> int | None:
    """Return whose a file is; nothing where it is not there, or cannot be looked at."""
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _name(uid: int | None) -> str:
    """Return the name of a user, or the number of one who has none."""
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
