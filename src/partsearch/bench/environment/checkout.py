"""The commit of the measured checkout."""

import shutil
from pathlib import Path

from partsearch.system.commands import CommandFailedError, run_command

_GIT_SECONDS = 20


def checkout(root: Path) -> tuple[str | None, bool | None]:
    """Return the commit of a checkout and whether everything in it is committed; ``None`` for what git cannot say.

    Args:
        root: the folder of the checkout; a checkout around it does not count.
    """
    if not (root / ".git").exists() or not shutil.which("git"):
        return None, None
    changes = _git(root, "status", "--porcelain")
    return _git(root, "rev-parse", "--verify", "HEAD"), None if changes is None else not changes


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), "-c", f"safe.directory={root.resolve()}", *arguments]
    try:
        return run_command(command, _GIT_SECONDS).stdout.strip()
    except CommandFailedError:
        return None
