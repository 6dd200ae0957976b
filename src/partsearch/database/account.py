"""The account that the site's processes run as.

PostgreSQL refuses to run as root, and nothing that answers strangers should. Whoever is not root runs the site as
himself. Root hands it to a system account without rights of its own.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from partsearch.database.errors import EmbeddedDatabaseError

NAME = "partsearch"


@dataclass(frozen=True)
class Account:
    """An account of the operating system, and whether commands have to change to it."""

    name: str
    uid: int
    gid: int
    differs: bool

    def process_arguments(self) -> dict[str, object]:
        """Arguments for ``subprocess`` that make the child run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.differs else {}

    def own(self, path: Path) -> None:
        """Gives ``path`` to the account."""
        if self.differs:
            os.chown(path, self.uid, self.gid)


def site_account() -> Account:
    """The account that the site runs as; made on the first call where root asks.

    Raises:
        EmbeddedDatabaseError: root cannot make the account.
    """
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, differs=False)
    entry = _system_account()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, differs=True)


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


def let_pass(account: Account, *paths: Path) -> list[Path]:
    """Lets the account pass through the folders above ``paths``, which root may have closed; returns those it opened.

    Only the right to pass is given (``o+x``), not the right to list.
    """
    opened: list[Path] = []
    if not account.differs:
        return opened
    for path in paths:
        for folder in [*reversed(path.resolve().parents), path.resolve()]:
            mode = folder.stat().st_mode
            if stat.S_ISDIR(mode) and not mode & stat.S_IXOTH and folder.stat().st_uid != account.uid:
                folder.chmod(mode | stat.S_IXOTH)
                opened.append(folder)
    return opened


def program_folders() -> tuple[Path, ...]:
    """The folders that the site's processes run from."""
    return Path(sys.executable).parent, Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[1]
