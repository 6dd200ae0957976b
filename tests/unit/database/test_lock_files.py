"""PostgreSQL's lock files, as ``cp -a`` of a running home leaves them in the copy."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from partsearch.database.lock_files import remove_foreign_locks
from tests.support.deadline import wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """A process that works in the data folder of a home, as a server does."""
    for name in ("original", "copy"):
        (tmp_path / name / "postgres").mkdir(parents=True)
        (tmp_path / name / "run").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)"],
        cwd=tmp_path / "original/postgres",
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.communicate()


def locks(home: Path, text: str) -> list[Path]:
    paths = [home / "postgres/postmaster.pid", home / "run/.s.PGSQL.5432.lock"]
    for path in paths:
        path.write_text(text)
    return paths


def left(home: Path, text: str) -> list[bool]:
    paths = locks(home, text)
    remove_foreign_locks(home / "postgres", home / "run")
    return [path.exists() for path in paths]


def test_the_locks_of_another_homes_server_are_removed(tmp_path: Path, server: int) -> None:
    assert left(tmp_path / "copy", f"{server}\n{tmp_path}/original/postgres\n") == [False, False]


def test_the_locks_of_its_own_server_stay(tmp_path: Path, server: int) -> None:
    (tmp_path / "original").rename(tmp_path / "moved")
    assert left(tmp_path / "moved", f"{server}\n{tmp_path}/original/postgres\n") == [True, True]


@pytest.mark.parametrize("text", ["", "nonsense\n", f"{2**22 + 1}\n/gone\n"])
def test_what_names_nobody_is_left_to_postgresql(tmp_path: Path, server: int, text: str) -> None:
    assert left(tmp_path / "copy", text) == [True, True]


def test_the_locks_of_a_server_that_has_ended_are_removed(tmp_path: Path) -> None:
    """Its parent has not asked for its exit status, so its number is still taken."""
    for folder in ("home/postgres", "home/run"):
        (tmp_path / folder).mkdir(parents=True)
    ended = subprocess.Popen([sys.executable, "-c", ""], cwd=tmp_path / "home/postgres")
    wait_for(lambda: psutil.Process(ended.pid).status() == psutil.STATUS_ZOMBIE, what="the end of the process")
    living = subprocess.Popen(["sleep", "60"], cwd=tmp_path / "home/postgres")
    threading.Timer(0.3, living.kill).start()
    try:
        assert left(tmp_path / "home", f"{ended.pid}\n") == [False, False]
        assert living.poll() is not None or living.wait(1)
    finally:
        living.kill()
        living.wait()
        ended.wait()
