"""Whether a process of the new release has died while it was on trial, be it one that was started again at once."""

from collections.abc import Iterable

import psutil


class Deaths:
    """The processes of a slot, with their workers, as they were when this was made.

    Args:
        masters: the supervised processes.
    """

    def __init__(self, masters: Iterable[int]) -> None:
        self._processes = [process for master in masters for process in _family(master)]

    def first(self) -> str | None:
        """Which process has died, in words; ``None`` while all live."""
        for process in self._processes:
            if not _lives(process):
                return f"a process of the new release died (pid {process.pid})"
        return None


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _family(master: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(master)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
