"""Files that are written completely or not at all."""

import os
from pathlib import Path
from threading import Thread

import pytest

from partsearch.system.atomic_file import create_file, replace_file


def test_a_file_is_replaced_and_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    replace_file(path, "первый")
    replace_file(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_requested_permissions_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        replace_file(tmp_path / "asked", "", mode=0o644)
        replace_file(tmp_path / "left", "")
    finally:
        os.umask(before)
    assert (tmp_path / "asked").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "left").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_does_not_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    replace_file(path, "before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, "after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_a_partial_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    texts = {"a" * 100_000, "b" * 100_000}
    replace_file(path, "a" * 100_000)

    def write() -> None:
        for _ in range(50):
            for text in texts:
                replace_file(path, text)

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert path.read_text() in texts
    writer.join()


def test_a_file_is_created_once(tmp_path: Path) -> None:
    path = tmp_path / "key"
    create_file(path, "first", mode=0o600)
    with pytest.raises(FileExistsError):
        create_file(path, "second", mode=0o600)
    assert path.read_text() == "first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_created_through_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        create_file(link, "text")
    assert not target.exists()
