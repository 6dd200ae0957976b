"""Stale lock files of PostgreSQL, as in a copy of a running home."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from partsearch.database.embedded.lock_files import remove_stale_locks
from tests.support.deadline import wait_for


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The pid of a process that works in the data folder of a home, as a server does."""
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


def write_locks(home: Path, text: str) -> list[Path]:
    paths = [home / "postgres/postmaster.pid", home / "run/.s.PGSQL.5432.lock"]
    for path in paths:
        path.write_text(text)
    return paths


def which_remain(home: Path, text: str) -> list[bool]:
    paths = write_locks(home, text)
    remove_stale_locks(home / "postgres", home / "run")
    return [path.exists() for path in paths]


def test_the_locks_of_another_homes_server_are_removed(tmp_path: Path, server: int) -> None:
    assert which_remain(tmp_path / "copy", f"{server}\n{tmp_path}/original/postgres\n") == [False, False]


def test_the_locks_of_the_clusters_own_server_remain(tmp_path: Path, server: int) -> None:
    (tmp_path / "original").rename(tmp_path / "moved")
    assert which_remain(tmp_path / "moved", f"{server}\n{tmp_path}/original/postgres\n") == [True, True]


@pytest.mark.parametrize("text", ["", "nonsense\n", f"{2**22 + 1}\n/gone\n"])
def test_a_lock_without_a_process_is_left_to_postgresql(tmp_path: Path, server: int, text: str) -> None:
    assert which_remain(tmp_path / "copy", text) == [True, True]


def test_the_locks_of_a_zombie_are_removed(tmp_path: Path) -> None:
    """Its parent has not read its exit status, so its pid is still in use."""
    for folder in ("home/postgres", "home/run"):
        (tmp_path / folder).mkdir(parents=True)
    ended = subprocess.Popen([sys.executable, "-c", ""], cwd=tmp_path / "home/postgres")
    wait_for(lambda: psutil.Process(ended.pid).status() == psutil.STATUS_ZOMBIE, what="the end of the process")
    living = subprocess.Popen(["sleep", "60"], cwd=tmp_path / "home/postgres")
    threading.Timer(0.3, living.kill).start()
    try:
        assert which_remain(tmp_path / "home", f"{ended.pid}\n") == [False, False]
        assert living.poll() is not None or living.wait(1)
    finally:
        living.kill()
        living.wait()
        ended.wait()
