"""The logs of the site's processes."""

import contextlib
import select
import sys
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import process_name

_POLL_SECONDS = 0.3
_LONGEST_LINE = 2_000
_NAME_WIDTH = 15


def show_logs(site: Site, service: Service | None, lines: int, *, follow: bool) -> None:
    """Print the last ``lines`` of one log or of every log; if ``follow``, go on with new lines until Ctrl-C."""
    names = [name for one in ([service] if service else Service) for name in _names(one)]
    logs = {name: path for name in names if (path := site.supervisor.log(name)).exists()}
    for name, path in logs.items():
        with path.open(errors="replace") as file:
            _print(name, deque(file, lines))
    if follow:
        with contextlib.suppress(KeyboardInterrupt):
            _follow(logs)


def _names(service: Service) -> list[str]:
    return [process_name(service, slot) for slot in (Slot if service in RELEASE_SERVICES else (None,))]


def _print(name: str, lines: deque[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{name:<{_NAME_WIDTH}}{_shortened(line.rstrip())}\n")
    sys.stdout.flush()


def _shortened(line: str) -> str:
    """Return the beginning of a long line: PostgreSQL logs slow statements whole, megabytes of a bulk load."""
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}… ({len(line):,} characters)"


def _follow(logs: dict[str, Path]) -> None:
    with contextlib.ExitStack() as stack:
        files: dict[str, TextIO] = {}
        for name, path in logs.items():
            files[name] = stack.enter_context(path.open(errors="replace"))
            files[name].seek(0, 2)
        while _has_reader(sys.stdout.fileno()):
            for name, path in logs.items():
                _print(name, deque(files[name]))
                if path.stat().st_ino != _inode(files[name]):
                    files[name] = stack.enter_context(path.open(errors="replace"))
            time.sleep(_POLL_SECONDS)


def _has_reader(descriptor: int) -> bool:
    """Return whether the output still has a reader, which a pipe tells before anything is written to it."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _inode(file: TextIO) -> int:
    return Path(f"/proc/self/fd/{file.fileno()}").stat().st_ino
