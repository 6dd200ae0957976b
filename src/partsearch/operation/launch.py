"""Starts one process of the site in place of its predecessor.

``launch.py [--remove SOCKET] GROUP_FILE SIGNAL COMMAND...``

When a master process is killed, its workers stay and keep its port. The supervisor does not know them, and every new
master would fail to start. So each process group is noted in a file. The next start ends what is left of that group,
gracefully first, and then becomes the command. Only the standard library is imported: this runs at every start, by the
path of this file, which supervisors of older releases know.

A copy of a note is invalid: ``cp -a`` of a running home copies its notes, but their processes belong to the original.
So a note has the number of its own file, which no copy has.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

GRACEFUL_SECONDS = 5.0
_POLL_SECONDS = 0.02
_DEEPEST = 1
"""How deep in the home the current folder of a process may be: PostgreSQL's is ``postgres``."""


def main() -> None:
    """End the predecessor's processes and become the command."""
    arguments = sys.argv[1:]
    sockets = []
    if arguments[0] == "--remove":
        sockets, arguments = arguments[1:2], arguments[2:]
    group_file, signal_name, *command = arguments
    path = Path(group_file)
    end_group(path, signal.Signals[f"SIG{signal_name}"], GRACEFUL_SECONDS)
    for socket in sockets:
        Path(socket).unlink(missing_ok=True)
    try:
        _note_own_group(path)
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"launch: {error.filename or command[0]}: {error.strerror}")


def _note_own_group(path: Path) -> None:
    """Note the own process group. The file is overwritten in place, which works on a full disk too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        note = f"{os.getpgrp()} {_started(os.getpgrp())} {_boot()} {_identity(os.fstat(descriptor))}".encode()
        os.pwrite(descriptor, note, 0)
        os.ftruncate(descriptor, len(note))
    finally:
        os.close(descriptor)


def end_group(group_file: Path, graceful: signal.Signals, seconds: float) -> bool:
    """End the processes of the group that ``group_file`` notes: by ``graceful``, and by SIGKILL after ``seconds``.

    Returns:
        Whether there were any.
    """
    found = group_members(group_file)
    if not found:
        return False
    _signal(found, graceful)
    deadline = time.monotonic() + seconds
    while group_members(group_file) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    _signal(group_members(group_file), signal.SIGKILL)
    return True


def group_members(group_file: Path) -> list[int]:
    """Return the pids that are left of the noted group.

    They are none if another group has taken its number, and for a note that was copied from another home.
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
    """Return whether a process belongs to our account: others are not the site's, even if a group file names them."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid == os.geteuid()
    except (FileNotFoundError, ProcessLookupError):
        return False


def works_in(pid: int, folder: Path) -> bool:
    """Return whether the current folder of a process is ``folder`` or one in it.

    This detects copies of notes of older releases, which do not have the number of their file.
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
    """Return the process group and the start time of a running process, by the fields of proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, group, start = fields[0], int(fields[2]), int(fields[19])
    return None if state in "ZX" else (group, start)


if __name__ == "__main__":
    main()
