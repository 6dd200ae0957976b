import errno
import gzip
import io
import os
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from unittest import mock

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, row, write, write_xlsx

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnreadableFileError, UnsupportedFormatError
from partsearch.price_list.formats.input import archives, source
from partsearch.price_list.formats.input.temporary_folder import temporary_folder

LIST = "Марка;Цена\nKia;7\n"
CELLS = [["Марка", "Цена"], ["Kia", "7"]]


def zipped(folder: Path, **members: bytes) -> Path:
    path = folder / "list.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_reads_a_member_without_a_name(tmp_path: Path) -> None:
    """zipfile cuts a name at its first NUL."""
    path = zipped(tmp_path, **{"Q.csv": LIST.encode()})
    path.write_bytes(path.read_bytes().replace(b"Q.csv", b"\0.csv"))
    assert read_cells(path) == CELLS


def test_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LIST.encode())))
    assert read_cells(Path("-")) == CELLS


def test_endless_standard_input_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "FILE_BYTES", 3_000_000)
    with Path("/dev/zero").open("rb") as endless:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(endless))
        error = failure_of(Path("-"))
    assert isinstance(error, TooLargeError)
    assert "Standard input is larger" in str(error)


def test_a_stream_that_does_not_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is slow, so that its size stays small."""
    monkeypatch.setattr(source, "STREAM_SECONDS", 0.2)
    reading, writing = os.pipe()
    os.write(writing, LIST.encode())
    with os.fdopen(reading, "rb") as slow, os.fdopen(writing, "wb"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(slow))
        assert "Standard input did not end within" in str(failure_of(Path("-")))


def test_a_folder_that_a_killed_process_has_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, young, others = (tmp_path / f"partsearch-list-{name}" for name in ("left", "young", "others"))
    for folder in (left, young, others):
        folder.mkdir(0o700)
        (folder / "input").write_text(LIST)
    others.chmod(0o755)
    with temporary_folder() as used:
        for folder in (left, others, used):
            os.utime(folder, (0, 0))
        with temporary_folder():
            assert [folder.exists() for folder in (left, young, others, used)] == [False, True, True, True]
    assert not used.exists()


def test_reads_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(LIST,))
    writer.start()
    assert read_cells(pipe) == CELLS
    writer.join()


def test_a_pipe_without_a_writer_and_a_device_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PIPE_SECONDS", 0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "nothing was written to it" in str(failure_of(pipe))
    assert "is a device" in str(failure_of(Path("/dev/zero")))
    assert "is a device" in str(failure_of(Path("/dev/null")))
    with pytest.raises(UnreadableFileError, match="is a directory"):
        source.open_file(tmp_path)


def test_a_regular_file_is_not_copied(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    path = write(tmp_path, LIST)
    assert source.as_regular_file(path, folder) == path
    with path.open("rb") as opened:
        assert source.as_regular_file(path, folder, opened) == path
    assert not list(folder.iterdir())


def test_an_open_file_that_cannot_be_opened_again_is_copied(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    path = write(tmp_path, LIST)
    with path.open("rb") as opened:
        path.unlink()
        write(tmp_path, "another;list")
        assert source.as_regular_file(path, folder, opened).read_text() == LIST


def test_a_full_disk_is_told_from_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    packed = write(tmp_path, gzip.compress(LIST.encode()))
    monkeypatch.setattr(archives, "_check_size", mock.Mock(side_effect=full))
    assert "the disk is full" in str(failure_of(packed))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LIST.encode())))
    monkeypatch.setattr(source, "copy_limited", mock.Mock(side_effect=full))
    assert "the disk is full" in str(failure_of(Path("-")))


@pytest.mark.parametrize("padding", [b"", bytes(10), bytes(100_000)])
def test_gzip_of_several_parts_and_with_padding_is_read(tmp_path: Path, padding: bytes) -> None:
    packed = gzip.compress(LIST.encode()) + gzip.compress(b"") + gzip.compress(b"VAZ;8\n")
    assert read_cells(write(tmp_path, packed + padding)) == [*CELLS, ["VAZ", "8"]]


def test_reads_lists_in_gzip_and_zip(tmp_path: Path) -> None:
    packed = gzip.compress(LIST.encode())
    assert read_cells(write(tmp_path, packed)) == CELLS
    assert read_cells(zipped(tmp_path, **{"a/": b"", "a/photo.jpg": b"\xff\xd8\xff", "a/list.gz": packed})) == CELLS
    book = write_xlsx(tmp_path / "list.xlsx", {"S": row(1, A="x")})
    assert describe(zipped(tmp_path, book=book.read_bytes()))[0].format == "xlsx"


def test_an_archive_of_several_lists_is_refused_with_their_names(tmp_path: Path) -> None:
    error = failure_of(zipped(tmp_path, **{"январь.csv": b"a;b\n", "февраль.csv": b"a;b\n"}))
    assert isinstance(error, UnsupportedFormatError)
    assert "январь.csv, февраль.csv" in str(error)
    assert "holds nothing" in str(failure_of(zipped(tmp_path)))


def test_archives_in_archives_are_refused(tmp_path: Path) -> None:
    packed = LIST.encode()
    for _ in range(5):
        packed = gzip.compress(packed)
    assert "archive in an archive" in str(failure_of(write(tmp_path, packed)))


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b"a;b\n" * 5_000_000
    assert "times its size" in str(failure_of(zipped(tmp_path, bomb=bomb)))
    assert "times its size" in str(failure_of(write(tmp_path, gzip.compress(bomb))))
    rows = row(1, A="x") + " " * 40_000_000
    assert "times its size" in str(failure_of(write_xlsx(tmp_path / "list.xlsx", {"S": rows})))
    monkeypatch.setattr(archives, "FILE_BYTES", 1_000)
    error = failure_of(write(tmp_path, gzip.compress(LIST.encode() * 100)))
    assert isinstance(error, TooLargeError)
    assert "unpacks to more" in str(error)


def test_damaged_archives_are_reported(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(5_000))
    assert isinstance(failure_of(write(tmp_path, packed[:-500])), DamagedFileError)
    whole = zipped(tmp_path, a=os.urandom(5_000)).read_bytes()
    assert isinstance(failure_of(write(tmp_path, whole[:-500])), DamagedFileError)
    assert isinstance(failure_of(write(tmp_path, whole.replace(whole[500:600], b"x" * 100))), DamagedFileError)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"Rar!\x1a\x07", "a RAR archive"),
    ],
)
def test_files_that_are_no_lists_are_named(tmp_path: Path, content: bytes, cause: str) -> None:
    assert cause in str(failure_of(write(tmp_path, content, "list.xls")))


def test_a_list_may_begin_with_the_letters_of_a_signature(tmp_path: Path) -> None:
    assert read_cells(write(tmp_path, "BMW;X5\nMZ;y\n"))[0] == ["BMW", "X5"]


def test_a_missing_file_and_a_folder_are_reported(tmp_path: Path) -> None:
    assert "No such file" in str(failure_of(tmp_path / "none.csv"))
    assert "directory" in str(failure_of(tmp_path))
