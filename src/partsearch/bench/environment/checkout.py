"""The commit that is measured."""

import shutil
import subprocess
from pathlib import Path

_GIT_SECONDS = 20


def checkout(root: Path) -> tuple[str | None, bool | None]:
    """The commit of a checkout, and whether everything in it is committed; ``None`` for what git cannot say.

    Args:
        root: the folder of the checkout; a parent's checkout is none of it.
    """
    if not (root / ".git").exists() or not shutil.which("git"):
        return None, None
    changes = _git(root, "status", "--porcelain")
    return _git(root, "rev-parse", "--verify", "HEAD"), None if changes is None else not changes


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), "-c", f"safe.directory={root.resolve()}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
