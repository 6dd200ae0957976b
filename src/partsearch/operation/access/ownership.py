"""Checks of a home: the owners and modes of its files, and links where none are expected.

Older releases let root write into the home. Files that they left are errors now; the message says what to do.
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
"""What partsearch makes in a home; other files there belong to the user and are not checked."""
_LISTED = ("run", "logs", "deploys", "releases")
_PRIVATE = ("secret_key", "database_password", "postgres")
_LINKS_EXPECTED = ("releases", "postgres", ".cache", "bench")
"""Folders that often have links: virtual environments, and what an administrator moves to another disk."""
_MOST_NAMED = 3


@dataclass(frozen=True)
class Problem:
    """A file or folder with a wrong owner, wrong permissions or an unexpected link.

    ``what`` is the end of the sentence that starts with its path. ``next_step`` is what to do.
    """

    path: Path
    what: str
    is_owner: bool = False
    next_step: str = ""


def require_own(home: Path) -> None:
    """Raise OperationError if another account owns something in the home that commands work with.

    Only the first two levels are checked, because every command does this first. In a home that wholly belongs to
    another account, the first access fails with an error of its own.
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


def check_home(home: Path) -> Iterator[CheckResult]:
    """Yield the results of the checks of owners, modes and links; nothing where the home does not exist."""
    if not os.path.lexists(home):
        return
    problems = list(_problems(home))
    owners = [problem for problem in problems if problem.is_owner]
    others = [problem for problem in problems if not problem.is_owner]
    if owners:
        yield CheckResult("home", _summary(owners), is_failure=True, next_step=_give(home, owners[0].path))
    if others:
        yield CheckResult("home", _summary(others), next_step=others[0].next_step)
    if not problems:
        yield CheckResult("home", f"{home} belongs to '{_name(os.geteuid())}', and no other account may write there")


def _summary(problems: list[Problem]) -> str:
    """Return a sentence with the number of problems and the first few."""
    first = "; ".join(f"{problem.path} {problem.what}" for problem in problems[:_MOST_NAMED])
    return f"{len(problems)} not as partsearch made it: {first}{'; …' if len(problems) > _MOST_NAMED else ''}"


def _give(home: Path, path: Path) -> str:
    """Return what to do about a wrong owner. A folder whose root another account owns may not be a home."""
    user = _name(os.geteuid())
    if path == home:
        return f"Use another PARTSEARCH_HOME, or give this one to '{user}' if only the site uses it."
    return f"As root: chown -R -h {user}:{_group_name(os.getegid())} {shlex.quote(str(home))}"


def _first_levels(home: Path) -> Iterator[Path]:
    yield home
    for name in _MADE:
        yield home / name
        if name in _LISTED and _is_open_folder(home / name):
            yield from (home / name).iterdir()


def _problems(home: Path) -> Iterator[Problem]:
    """Yield the problems of the home's folder and of all that partsearch makes in it."""
    yield from _problems_of(home, home)
    for name in _MADE:
        for path in _tree(home / name):
            yield from _problems_of(path, home)


def _tree(path: Path) -> Iterator[Path]:
    """Yield a file, or a folder with everything below it; links are not followed."""
    yield path
    if not _is_open_folder(path):
        return
    for folder, folders, files in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_open_folder(path: Path) -> bool:
    """Return whether a path is a folder, not a link, whose files can be listed and opened."""
    return os.access(path, os.R_OK | os.X_OK) and path.is_dir() and not path.is_symlink()


def _problems_of(path: Path, home: Path) -> Iterator[Problem]:
    try:
        status = path.lstat()
    except OSError:
        return
    mode, parts = status.st_mode, path.relative_to(home).parts
    quoted = shlex.quote(str(path))
    if status.st_uid != os.geteuid():
        yield Problem(path, f"belongs to {_name(status.st_uid)}", is_owner=True)
    elif stat.S_ISLNK(mode):
        if not parts or parts[0] not in _LINKS_EXPECTED:
            yield Problem(path, "is a link", next_step=f"See where it leads, then: rm {quoted}")
    elif mode & (stat.S_IWGRP | stat.S_IWOTH) and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        yield Problem(path, "can be written by others", next_step=f"chmod go-w {quoted}")
    elif mode & (stat.S_IRWXG | stat.S_IRWXO) and _is_private(parts):
        yield Problem(path, "can be read by others", next_step=f"chmod go-rwx {quoted}")


def _is_private(parts: tuple[str, ...]) -> bool:
    """Return whether only the account may read it: keys, and the supervisor's configuration."""
    is_configuration = (
        len(parts) == 2 and parts[0] == "run" and parts[1].startswith("supervisord") and "conf" in parts[1]
    )
    return is_configuration or (len(parts) == 1 and parts[0] in _PRIVATE)


def _owner(path: Path) -> int | None:
    """Return the owner of a file; ``None`` where it does not exist or may not be looked at."""
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def _name(uid: int | None) -> str:
    """Return the name of an account, or its number where it has no name."""
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
