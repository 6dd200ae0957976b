"""Files that are written whole or not at all, even if the writer is killed. Standard library only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_UMASK_DECIDES = 0o666


def replace_file(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Write ``content`` to ``path``: a reader finds the content before or this one, never a part.

    Args:
        path: the file; its folder exists.
        content: all of it; text is written in UTF-8.
        mode: the permissions; absent, what the umask leaves of ``rw-rw-rw-``.

    Raises:
        OSError: the file cannot be written; it is as it was.
    """
    with _draft(path, content, mode) as draft:
        draft.replace(path)
        _sync_folder(path.parent)


@contextmanager
def replacing_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write the new content of ``path`` to. It gets its name at the end of the block.

    If the block raises, ``path`` is as it was, and nothing is left beside it.

    Args:
        path: the file; its folder exists.

    Raises:
        OSError: the file cannot be written; it is as it was.
    """
    draft = _draft_path(path)
    with draft.open("xb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def create_file(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Write ``content`` to ``path``, which must not exist. Of processes that race for the same path one wins.

    Args:
        path: the file; its folder exists.
        content: all of it; text is written in UTF-8.
        mode: the permissions; absent, what the umask leaves of ``rw-rw-rw-``.

    Raises:
        FileExistsError: a file, or a link, of this name exists; it is as it was.
        OSError: the file cannot be written.
    """
    with _draft(path, content, mode) as draft:
        path.hardlink_to(draft)
        _sync_folder(path.parent)


@contextmanager
def _draft(path: Path, content: str | bytes, mode: int | None) -> Iterator[Path]:
    """Yield a file beside ``path`` with the content, safe on the disk; remove it at the end if it is still there."""
    draft = _draft_path(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(draft, flags, _UMASK_DECIDES if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _draft_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}.draft")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
