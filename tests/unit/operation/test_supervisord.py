"""supervisord as partsearch runs it: full disks, unusual paths, processes that fail repeatedly."""

import json
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from supervisor.loggers import LevelsByName, LogRecord
from supervisor.states import ProcessStates

from partsearch.operation.supervisord import LogHandler, Parser, Stream, Subprocess


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The path of a log on a disk that is full until ``free_space``."""
    path = tmp_path / "log"
    path.symlink_to("/dev/full")
    return path


def free_space(log: Path) -> None:
    log.unlink()
    log.touch()


def written_by(log: Path, most_bytes: int = 0) -> LogHandler:
    handler = LogHandler(str(log), "a", most_bytes, 2)
    handler.setFormat("%(message)s")
    return handler


def record(message: bytes | str) -> LogRecord:
    return LogRecord(LevelsByName.INFO, message)


def test_bytes_that_a_full_disk_loses_are_counted_and_reported(log: Path) -> None:
    handler = written_by(log)
    handler.emit(record(b"12345"))
    handler.emit(record("фара"))
    free_space(log)
    handler.reopen()
    handler.emit(record(b"after\n"))
    handler.emit(record(b"more\n"))
    assert log.read_text() == "\n[13 bytes of this log are lost: No space left on device]\nafter\nmore\n"


def test_a_log_that_cannot_be_opened_is_opened_later(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    handler = written_by(folder / "log")
    handler.close()
    folder.rename(tmp_path / "away")
    handler.emit(record(b"lost"))
    (tmp_path / "away").rename(folder)
    handler.emit(record(b"kept\n"))
    assert (folder / "log").read_text() == "\n[4 bytes of this log are lost: No such file or directory]\nkept\n"


def test_a_long_log_is_rotated(tmp_path: Path) -> None:
    handler = written_by(tmp_path / "log", 10)
    for word in (b"first line\n", b"second line\n", b"third\n"):
        handler.emit(record(word))
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"log": "third\n", "log.1": "second line\n", "log.2": "first line\n"}


def test_a_write_to_stderr_on_a_full_disk_raises_nothing() -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    stream: Any = Stream(descriptor)
    print("a traceback", file=stream, flush=True)
    os.close(descriptor)


def test_a_value_extends_to_the_end_of_its_line(tmp_path: Path) -> None:
    configuration = tmp_path / "supervisord.conf"
    configuration.write_text("[supervisord]\nlogfile=/a ;b #c/log\n")
    parser = Parser()
    parser.read(str(configuration))
    assert parser.get("supervisord", "logfile") == "/a ;b #c/log"


def test_the_backoff_of_a_process_stays_within_seconds() -> None:
    process = Subprocess(SimpleNamespace(name="postgres"))
    process.backoff = 1_000
    process.change_state(ProcessStates.BACKOFF)
    assert process.delay - time.time() <= 5


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_log_lines_have_the_format_of_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    monkeypatch.setenv("PARTSEARCH_LOG_FORMAT", log_format)
    handler = LogHandler(str(tmp_path / "log"), "a", 0, 2)
    handler.setFormat("%(asctime)s %(levelname)s %(message)s\n")
    handler.emit(LogRecord(LevelsByName.WARN, "exited: django"))
    (line,) = (tmp_path / "log").read_text().splitlines()
    if log_format == "text":
        assert line.endswith(" WARNING supervisord: exited: django")
    else:
        found = json.loads(line)
        assert (found["level"], found["logger"], found["event"]) == ("WARNING", "supervisord", "exited: django")
