"""Starts one process of the site in place of its predecessor.

``launch.py [--remove SOCKET] GROUP_FILE SIGNAL COMMAND...``

When a master process is killed, its workers stay, and hold its port. The supervisor knows nothing of them and would
fail to start a new master for ever. So each process group is noted in a file; whoever starts next ends what the last
one left behind, gently first, and then becomes the command. Nothing but the standard library: it runs at every start.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

GENTLE_SECONDS = 5.0
_POLL_SECONDS = 0.02


def main() -> None:
    """Ends the predecessor's processes and becomes the command."""
    arguments = sys.argv[1:]
    sockets = []
    if arguments[0] == "--remove":
        sockets, arguments = arguments[1:2], arguments[2:]
    group_file, signal_name, *command = arguments
    path = Path(group_file)
    end_group(path, signal.Signals[f"SIG{signal_name}"], GENTLE_SECONDS)
    for socket in sockets:
        Path(socket).unlink(missing_ok=True)
    path.write_text(f"{os.getpgrp()} {_started(os.getpgrp())} {_boot()}")
    os.execv(command[0], command)  # noqa: S606


def end_group(group_file: Path, gentle: signal.Signals, seconds: float) -> bool:
    """Ends the processes of the group that ``group_file`` notes, by ``gentle`` and, after ``seconds``, by force.

    Returns whether there were any.
    """
    found = group_members(group_file)
    _signal(found, gentle)
    deadline = time.monotonic() + seconds
    while group_members(group_file) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    _signal(group_members(group_file), signal.SIGKILL)
    return bool(found)


def group_members(group_file: Path) -> list[int]:
    """The processes that are left of the noted group. A group of the same number that is not ours has none."""
    try:
        group, started, boot = group_file.read_text().split()
    except (FileNotFoundError, ValueError):
        return []
    if boot != _boot() or _started(int(group)) not in (None, int(started)):
        return []
    return [
        pid
        for pid, its_group, its_start in _processes()
        if its_group == int(group) and its_start >= int(started) and pid != os.getpid() and _is_ours(pid)
    ]


def _is_ours(pid: int) -> bool:
    """Whether a process is our account's: whatever is noted, another's is none of the site's."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid == os.geteuid()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _started(pid: int) -> int | None:
    status = _status(pid)
    return status[1] if status else None


def _processes() -> Iterator[tuple[int, int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            status = _status(int(entry.name))
            if status:
                yield int(entry.name), *status


def _status(pid: int) -> tuple[int, int] | None:
    """The process group and the start time of a process that lives; its state and fields as proc(5) numbers them."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, group, start = fields[0], int(fields[2]), int(fields[19])
    return None if state in "ZX" else (group, start)


if __name__ == "__main__":
    main()
