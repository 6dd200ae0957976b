"""The logs of the site's processes."""

import contextlib
import sys
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from partsearch.operation.processes import Service
from partsearch.operation.site import Site

_POLL_SECONDS = 0.3
_LONGEST_LINE = 2_000


def show_logs(site: Site, service: Service | None, lines: int, *, follow: bool) -> None:
    """Prints the last ``lines`` of the log of ``service``, or of every log; goes on until Ctrl-C if told to follow."""
    wanted = [service] if service else [process.service for process in site.processes]
    logs = {name: path for name in wanted if (path := site.supervisor.log(name)).exists()}
    for name, path in logs.items():
        with path.open(errors="replace") as file:
            _print(name, deque(file, lines))
    if follow:
        with contextlib.suppress(KeyboardInterrupt):
            _follow(logs)


def _print(name: str, lines: deque[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{name:<9}{_shortened(line.rstrip())}\n")
    sys.stdout.flush()


def _shortened(line: str) -> str:
    """PostgreSQL logs a slow statement whole, which of a bulk load is megabytes."""
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}… ({len(line):,} characters)"


def _follow(logs: dict[Service, Path]) -> None:
    with contextlib.ExitStack() as stack:
        files: dict[Service, TextIO] = {}
        for name, path in logs.items():
            files[name] = stack.enter_context(path.open(errors="replace"))
            files[name].seek(0, 2)
        while True:
            for name, path in logs.items():
                _print(name, deque(files[name]))
                if path.stat().st_ino != _inode(files[name]):
                    files[name] = stack.enter_context(path.open(errors="replace"))
            time.sleep(_POLL_SECONDS)


def _inode(file: TextIO) -> int:
    return Path(f"/proc/self/fd/{file.fileno()}").stat().st_ino
