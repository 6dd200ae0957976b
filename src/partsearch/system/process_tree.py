"""A process with all its descendants: which exist, which run, how much memory they use."""

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
    """Return whether a process has not ended; one whose parent has not asked for its exit status yet has ended.

    A killed process is a zombie as soon as its first thread has ended. Its sockets stay open until the last has.
    """
    try:
        return bool(process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1))
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
