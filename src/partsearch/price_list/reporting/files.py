"""The reports of imports, their rejected rows, and the profiles of lists, as files in the home."""

import io
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from partsearch.database.account import refuse_root

if TYPE_CHECKING:
    from partsearch.price_list.report import ImportReport

REJECTED_ENDING = "-rejected.csv"
_ENDINGS = (".txt", ".json", REJECTED_ENDING)
_FOLDER = "imports"
_KEPT = 200
_WIDTH = 160
_LONGEST_NAME = 60


def save_profile(list_name: str, profile: str, home: Path) -> Path:
    """Save a profile in ``imports`` under the home, and return its path.

    Raises:
        OSError: the file cannot be written.
        RootRefusedError: the process is root, who does not own the home.
    """
    return write_new(imports_folder(home), _name(list_name), ".toml", [profile.encode()])


def new_name(source: str, home: Path) -> str:
    """Return a name for the files of an import, which none has yet.

    It begins with the time, for the order. It is safe in a shell, and UTF-8 in every locale.
    """
    folder, name = home / _FOLDER, _name(source)
    number, free = 0, name
    while any((folder / f"{free}{ending}").exists() for ending in _ENDINGS):
        number += 1
        free = f"{name}-{number}"
    return free


def save_report(report: "ImportReport", home: Path, name: str) -> Path:
    """Save a report as text and as JSON in ``imports`` under the home, and return the path of the text.

    Raises:
        OSError: a file cannot be written.
        RootRefusedError: the process is root, who does not own the home.
    """
    from partsearch.price_list.reporting.json_text import report_json

    folder = imports_folder(home)
    path = write_new(folder, name, ".txt", [_text(report).encode(errors="replace")])
    write_new(folder, path.stem, ".json", [report_json(report)])
    return path


def remove_old_files(home: Path) -> None:
    """Remove the files of all but the newest 200 imports.

    Raises:
        OSError: a file cannot be removed.
        RootRefusedError: the process is root, who does not own the home.
    """
    by_name: dict[str, list[Path]] = {}
    for path in imports_folder(home).iterdir():
        if ending := next((ending for ending in _ENDINGS if path.name.endswith(ending)), None):
            by_name.setdefault(path.name.removesuffix(ending), []).append(path)
    for name in sorted(by_name)[:-_KEPT]:
        for path in by_name[name]:
            path.unlink(missing_ok=True)


def imports_folder(home: Path) -> Path:
    """Return the folder for these files, which is made if need be.

    Raises:
        OSError: it cannot be made.
        RootRefusedError: the process is root, who does not own the home.
    """
    refuse_root()
    folder = home / _FOLDER
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


def write_new(folder: Path, name: str, ending: str, content: Iterable[bytes]) -> Path:
    """Write a new file, never through a link and never over another file; return its path.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    number = 0
    while True:
        path = folder / f"{name}{f'-{number}' if number else ''}{ending}"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
        except FileExistsError:
            number += 1
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, 0o640)
                file.writelines(content)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path


def _text(report: "ImportReport") -> str:
    from partsearch.price_list.reporting.text import show

    written = io.StringIO()
    show(report, Console(file=written, highlight=False, soft_wrap=True, width=_WIDTH, color_system=None))
    return written.getvalue()


def _name(source: str) -> str:
    safe = re.sub(r"[^\w.-]+", "_", source)[:_LONGEST_NAME].strip("._-") or "list"
    return os.fsdecode(f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-{safe}".encode())
