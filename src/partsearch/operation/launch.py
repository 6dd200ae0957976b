"""Starts one process of the site in place of its predecessor.

``launch.py [--remove SOCKET] GROUP_FILE SIGNAL COMMAND...``

When a master process is killed, its workers stay, and hold its port. The supervisor knows nothing of them and would
fail to start a new master for ever. So each process group is noted in a file; whoever starts next ends what the last
one left behind, gently first, and then becomes the command. Nothing but the standard library: it runs at every start.

A note is believed only where it was written: ``cp -a`` copies the notes of a home that runs, and what they name belongs
to the original. So a note holds the number of its own file, which no copy has.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

GENTLE_SECONDS = 5.0
_POLL_SECONDS = 0.02
_DEEPEST = 1
"""How deep in the home a process may have its current folder: PostgreSQL's is ``postgres``."""


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
    try:
        _note_own_group(path)
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"launch: {error.filename or command[0]}: {error.strerror}")


def _note_own_group(path: Path) -> None:
    """Writes over what is there, at its place: so a note can be renewed on a disk that is full."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        note = f"{os.getpgrp()} {_started(os.getpgrp())} {_boot()} {_identity(os.fstat(descriptor))}".encode()
        os.pwrite(descriptor, note, 0)
        os.ftruncate(descriptor, len(note))
    finally:
        os.close(descriptor)


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
    """Return the processes that are left of the noted group.

    A group of the same number that is another one has none, and neither has a note that was copied from another home.
    """
    try:
        group, started, boot, *identity = group_file.read_text().split()
        is_copy = bool(identity) and identity != [_identity(group_file.stat())]
    except (FileNotFoundError, ValueError):
        return []
    if is_copy or boot != _boot() or _started(int(group)) not in (None, int(started)):
        return []
    return [
        pid
        for pid, its_group, its_start in _processes()
        if its_group == int(group) and its_start >= int(started) and pid != os.getpid() and _is_ours(pid)
        if identity or works_in(pid, group_file.parent.parent)
    ]


def _is_ours(pid: int) -> bool:
    """Whether a process is our account's: whatever is noted, another's is none of the site's."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid == os.geteuid()
    except (FileNotFoundError, ProcessLookupError):
        return False


def works_in(pid: int, folder: Path) -> bool:
    """Return whether the current folder of a process is ``folder`` or one in it.

    By this the notes of releases that did not note their file yet are told from copies.
    """
    place = f"/proc/{pid}/cwd"
    try:
        return any(os.path.samestat(Path(place + "/.." * depth).stat(), folder.stat()) for depth in range(_DEEPEST + 1))
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _identity(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}"


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
