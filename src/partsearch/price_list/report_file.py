"""The reports of imports as files in the home."""

import io
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from partsearch.database.account import refuse_root
from partsearch.price_list.report import ImportReport, show

_FOLDER = "imports"
_KEPT = 200
_WIDTH = 160
_LONGEST_NAME = 60


def save_report(report: ImportReport, home: Path) -> Path:
    """Save a report in ``imports`` under the home, remove all but the newest 200, and return its path.

    Raises:
        OSError: the file cannot be written.
        RootRefusedError: the process is root, who does not own the home.
    """
    refuse_root()
    folder = home / _FOLDER
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = _write_new(folder, _name(report.list_name), _text(report).encode())
    for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path


def _text(report: ImportReport) -> str:
    written = io.StringIO()
    show(report, Console(file=written, highlight=False, soft_wrap=True, width=_WIDTH, color_system=None))
    return written.getvalue()


def _name(list_name: str) -> str:
    """Return the file name: first the time, for the order; safe in a shell; UTF-8 in every locale."""
    safe = re.sub(r"[^\w.-]+", "_", list_name)[:_LONGEST_NAME].strip("._-") or "list"
    return os.fsdecode(f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-{safe}".encode())


def _write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write a new file, never through a link and never over another report; return its path."""
    number = 0
    while True:
        path = folder / f"{name}{f'-{number}' if number else ''}.txt"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o640)
            file.write(content)
        return path
