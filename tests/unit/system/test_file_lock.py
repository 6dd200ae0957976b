"""A lock that only one process holds at a time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest

from partsearch.system.file_lock import FileLock, FileLockedError

_HOLD = (
    "import pathlib, sys\nfrom partsearch.system.file_lock import FileLock\n"
    "with FileLock(pathlib.Path(sys.argv[1])).held(b'the first'):\n    print('held', flush=True)\n    input()\n"
)


def test_the_lock_ends_with_its_process_and_has_its_note(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock(path)
    assert lock.holder_note() is None
    command = [sys.executable, "-c", _HOLD, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert lock.holder_note() == b"the first"
        with pytest.raises(FileLockedError) as rejected:
            lock.held(b"the second").__enter__()
        assert rejected.value.note == b"the first"
        os.kill(process.pid, signal.SIGKILL)
    assert lock.holder_note() is None


def test_a_shorter_note_replaces_a_longer_one_and_a_missing_note_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock(path)
    for note in (b"a long note", b"short"):
        with lock.held(note):
            assert lock.holder_note() == note
    with lock.held():
        assert path.read_bytes() == b"short"


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    held = lock.held()
    held.__enter__()
    Timer(0.2, lambda: held.__exit__(None, None, None)).start()
    before = time.monotonic()
    with lock.held(seconds=10):
        assert 0.1 < time.monotonic() - before < 5


def test_a_missing_folder_raises_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "absent" / "lock").held().__enter__()
