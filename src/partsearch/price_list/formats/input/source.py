"""A price list as a regular file: what comes from standard input or from a pipe is spooled to a temporary one."""

import io
import os
import select
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from partsearch.price_list.errors import TooLargeError, UnreadableFileError
from partsearch.price_list.formats.limits import FILE_BYTES, MEBIBYTE, STREAM_SECONDS
from partsearch.system.disk import is_full_disk

STANDARD_INPUT = Path("-")
PIPE_SECONDS = 60
"""How long a named pipe may stay without a writer."""

_PADDING_BYTES = 4
"""Fewer NUL bytes at the end are an error of the text."""


def open_file(path: Path) -> BinaryIO:
    """Return a file or a pipe, open for reading.

    Raises:
        UnreadableFileError: it is missing or a device, permission is denied, or nothing writes to the pipe.
    """
    try:
        return _open(path)
    except OSError as error:
        raise unreadable(path, error) from error


def check_readable(path: Path) -> None:
    """Raise an error if a file cannot be opened. A pipe is not tried: it can be opened once.

    Raises:
        UnreadableFileError: it is missing or a device, or permission is denied.
    """
    try:
        is_pipe = stat.S_ISFIFO(path.stat().st_mode)
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_pipe:
        open_file(path).close()


def as_regular_file(path: Path, folder: Path, opened: BinaryIO | None = None) -> Path:
    """Return the path of a regular file with the content of ``path``. What is no regular file is copied to one.

    Args:
        path: a file, a pipe, or ``-`` for standard input.
        folder: where a temporary file goes.
        opened: the open file. It is copied if this process may not open ``path`` again.

    Raises:
        UnreadableFileError: the file is missing, empty or a device, or permission is denied.
        TooLargeError: the content exceeds the limit.
    """
    try:
        found = _regular_file(path, folder, opened)
        size = found.stat().st_size
        with found.open("rb") as file:
            is_blank = size < MEBIBYTE and not file.read().strip()
    except OSError as error:
        raise unreadable(path, error) from error
    if is_blank:
        raise UnreadableFileError(f"{label(path)} is empty.", "Export the price list again.")
    if size > FILE_BYTES:
        raise too_large(path)
    return found


def label(path: Path) -> str:
    """Return the name of the input for a message."""
    return "Standard input" if path == STANDARD_INPUT else str(path)


def too_large(path: Path) -> TooLargeError:
    return TooLargeError(
        f"{label(path)} is larger than {FILE_BYTES // MEBIBYTE:,} MiB.", "Split the price list into several files."
    )


def copy_limited(source: BinaryIO, target: BinaryIO, path: Path) -> None:
    """Copy a stream of unknown length.

    Raises:
        TooLargeError: it exceeds the limit on size.
        UnreadableFileError: it does not end within the time limit.
    """
    copied = 0
    for chunk in _chunks(source, path):
        copied += len(chunk)
        if copied > FILE_BYTES:
            raise too_large(path)
        target.write(chunk)


def _chunks(source: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield the content of a stream, as it arrives."""
    ready = _arrivals(source)
    read = getattr(source, "read1", source.read)
    deadline = time.monotonic() + STREAM_SECONDS
    while True:
        left = deadline - time.monotonic()
        if ready and (left <= 0 or not ready.poll(left * 1_000)):
            raise UnreadableFileError(
                f"{label(path)} did not end within {STREAM_SECONDS // 60} minutes.",
                "Write the list to a file, and import the file.",
            )
        chunk = read(MEBIBYTE)
        if not chunk:
            return
        yield chunk


def _arrivals(source: BinaryIO) -> "select.poll | None":
    """Return what waits for more of a stream; ``None`` for one in memory."""
    try:
        number = source.fileno()
    except io.UnsupportedOperation:
        return None
    arrivals = select.poll()
    arrivals.register(number, select.POLLIN)
    return arrivals


def without_padding(file: Path, folder: Path, unit: int) -> Path:
    """Return a text file without the NUL bytes after its end, which some programs and damaged disks leave.

    Args:
        file: a regular file. It is copied if it has such bytes.
        folder: where the copy goes.
        unit: how many bytes a character has at least; some of them are 0 in UTF-16.
    """
    with file.open("rb") as source:
        size = length = source.seek(0, os.SEEK_END)
        while length:
            start = max(0, length - MEBIBYTE)
            source.seek(start)
            kept = len(source.read(length - start).rstrip(b"\0"))
            length = start + kept
            if kept:
                break
        length += -length % unit
        if size - length < _PADDING_BYTES or not length:
            return file
        trimmed = folder / "trimmed"
        source.seek(0)
        with trimmed.open("wb") as target:
            for offset in range(0, length, MEBIBYTE):
                target.write(source.read(min(MEBIBYTE, length - offset)))
    return trimmed


def _regular_file(path: Path, folder: Path, opened: BinaryIO | None) -> Path:
    if opened:
        return path if _can_be_opened_again(path, opened) else _spool(opened, path, folder)
    if path == STANDARD_INPUT:
        return _spool(sys.stdin.buffer, path, folder)
    with _open(path) as source:
        return path if stat.S_ISREG(os.fstat(source.fileno()).st_mode) else _spool(source, path, folder)


def _can_be_opened_again(path: Path, opened: BinaryIO) -> bool:
    """Return whether this process can open the same regular file by its path."""
    try:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode) or not os.path.samestat(found, path.stat()):
            return False
        with path.open("rb") as again:
            return os.path.samestat(found, os.fstat(again.fileno()))
    except OSError:
        return False


def _open(path: Path) -> BinaryIO:
    """Return a file or pipe, open for reading. To open a pipe without a writer would block for ever."""
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISFIFO(mode):
            _wait_for_writer(number, path)
        elif not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "a device"
            raise UnreadableFileError(f"{path} is {kind}, not a price list.", "Give the path of the price list.")
        os.set_blocking(number, True)
    except BaseException:
        os.close(number)
        raise
    return os.fdopen(number, "rb")


def _wait_for_writer(number: int, path: Path) -> None:
    pipe = select.poll()
    pipe.register(number, select.POLLIN)
    if not pipe.poll(PIPE_SECONDS * 1_000):
        raise UnreadableFileError(
            f"{path} is a pipe, and nothing was written to it within {PIPE_SECONDS} seconds.",
            "Start the program that writes to it, and import again.",
        )


def _spool(source: BinaryIO, path: Path, folder: Path) -> Path:
    """Return the path of a temporary file with the rest of a stream."""
    spooled = folder / "input"
    with spooled.open("wb") as target:
        copy_limited(source, target, path)
    return spooled


def unreadable(path: Path, error: OSError) -> UnreadableFileError:
    """Return the error for a file that the system cannot read, or has no space to unpack."""
    if is_full_disk(error):
        return UnreadableFileError(
            f"{label(path)} cannot be read: the disk is full in {tempfile.gettempdir()}.",
            "Free some space, or set TMPDIR to a directory on another disk.",
        )
    return UnreadableFileError(
        f"{label(path)} cannot be read: {error.strerror}.", "Check the path and the rights of the file."
    )
