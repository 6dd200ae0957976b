"""A process with all that it has started: who is there, who runs, how much memory they take."""

from collections.abc import Iterable

import psutil


def process_tree(*heads: int | psutil.Process) -> list[psutil.Process]:
    """Return the processes of these pids that exist, with their children and the children of those, each once."""
    found: dict[int, psutil.Process] = {}
    for head in heads:
        try:
            process = psutil.Process(head) if isinstance(head, int) else head
            found.update({member.pid: member for member in (process, *process.children(recursive=True))})
        except psutil.Error:
            continue
    return list(found.values())


def is_running(process: psutil.Process) -> bool:
    """Return whether a process has not ended, even where its parent has not asked for its exit status yet."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def resident_bytes(processes: Iterable[psutil.Process]) -> int:
    """Return the resident memory of processes in bytes, what they share divided among them (PSS).

    Of processes of another account, which may not be looked into, it is what each has, shared or not (RSS).
    """
    return sum(map(_resident_bytes, processes))


def _resident_bytes(process: psutil.Process) -> int:
    try:
        try:
            return int(process.memory_full_info().pss)
        except psutil.AccessDenied:
            return int(process.memory_info().rss)
    except psutil.Error:
        return 0
