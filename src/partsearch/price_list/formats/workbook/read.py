"""Workbooks: XLSX, XLS and ODS."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnreadableFileError, UnsupportedFormatError
from partsearch.price_list.formats import limits
from partsearch.price_list.formats.input.source import label, unreadable
from partsearch.price_list.formats.spooled_rows import read_spooled
from partsearch.price_list.formats.table import Table
from partsearch.price_list.formats.workbook import FULL_DISK_CODE

_AS_CSV = "Save the list as CSV in UTF-8 and import that file."
_CAUSE_CHARACTERS = 300
_MESSAGE_BYTES = 64 * 1024
_WAITING = 2
"""The process may wait for the disk as long as it computes."""


def read_workbook(file: Path, path: Path, folder: Path, format_name: str) -> list[Table]:
    """Return a table for each visible sheet of a workbook.

    The workbook is parsed as a whole, once, in a process of its own with a limit on its memory.

    Args:
        file: the workbook.
        path: the name of the input, for messages.
        folder: where a temporary file with the rows of each sheet goes.
        format_name: ``xlsx``, ``xls`` or ``ods``.

    Raises:
        UnreadableFileError: the workbook is damaged, too large, protected by a password, or has no visible sheet.
    """
    sheets = folder / "sheets"
    sheets.mkdir()
    names = [str(json.loads(line)) for line in _run(file, path, sheets).splitlines()]
    if not names:
        raise UnreadableFileError(f"{label(path)} has no visible sheet.", "Export the price list again.")
    return [
        Table(name, format_name, "", "", partial(read_spooled, sheets / f"sheet-{number}"))
        for number, name in enumerate(names)
    ]


def _run(file: Path, path: Path, folder: Path) -> str:
    """Return what the process prints."""
    seconds = limits.WORKBOOK_PROCESS_SECONDS
    allowed = (str(limits.WORKBOOK_PROCESS_BYTES), str(seconds), str(limits.FILE_BYTES))
    command = [sys.executable, "-P", "-m", f"{__package__}.process", str(file), str(folder), *allowed]
    with tempfile.TemporaryFile(dir=folder) as errors, tempfile.TemporaryFile(dir=folder) as names:
        process = subprocess.Popen(command, stdout=names, stderr=errors)  # noqa: S603
        try:
            process.wait(seconds * _WAITING + _WAITING)
        except subprocess.TimeoutExpired:
            raise _failure(path, -1, "") from None
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            errors.seek(0)
            raise _failure(path, process.returncode, errors.read(_MESSAGE_BYTES).decode(errors="replace").strip())
        names.seek(0)
        return names.read().decode()


def _failure(path: Path, code: int, message: str) -> UnreadableFileError:
    if code == FULL_DISK_CODE:
        return unreadable(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    if "PasswordError" in message:
        return UnsupportedFormatError(f"{label(path)} is protected with a password.", "Remove the password.")
    if code < 0 or "MemoryError" in message or "memory allocation" in message:
        return TooLargeError(f"{label(path)} is a workbook that needs too much memory or time to be read.", _AS_CSV)
    cause = message.splitlines()[-1][:_CAUSE_CHARACTERS] if message else "no message"
    return DamagedFileError(f"{label(path)} is not a workbook that can be read ({cause}).", _AS_CSV)
