"""Ending the processes that a killed one left behind, and no others."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from partsearch.operation import launch
from tests.support.deadline import wait_for

_PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
_CHILD = "import time; time.sleep(60)"
_CHILD_THAT_IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"
)


def start(group_file: Path, child: str, cwd: Path | None = None) -> tuple[int, list[int]]:
    """Start a process with a child by launch.py; return its pid and those of its children."""
    command = [sys.executable, launch.__file__, str(group_file), "TERM", sys.executable, "-c"]
    parent = subprocess.Popen([*command, _PARENT.format(child=child)], process_group=0, cwd=cwd)
    children = wait_for(lambda: psutil.Process(parent.pid).children())
    return parent.pid, [process.pid for process in children]


def ignores_term(pid: int) -> bool:
    """Return whether a process ignores SIGTERM, by the mask that proc(5) describes."""
    mask = re.search(r"SigIgn:\s+([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())
    return mask is not None and bool(int(mask[1], 16) & 1 << (signal.SIGTERM - 1))


def reap(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_the_children_of_a_killed_process_are_ended(tmp_path: Path) -> None:
    group_file = tmp_path / "group"
    parent, children = start(group_file, _CHILD)
    reap(parent)
    assert launch.group_members(group_file) == children
    assert launch.end_group(group_file, signal.SIGTERM, 5) is True
    assert launch.group_members(group_file) == []
    wait_for(lambda: not any(psutil.pid_exists(child) for child in children))


def test_a_child_that_ignores_sigterm_is_killed_after_the_timeout(tmp_path: Path) -> None:
    group_file = tmp_path / "group"
    parent, children = start(group_file, _CHILD_THAT_IGNORES_TERM)
    wait_for(lambda: ignores_term(children[0]))
    reap(parent)
    started = time.monotonic()
    assert launch.end_group(group_file, signal.SIGTERM, 0.3) is True
    assert time.monotonic() - started >= 0.3
    wait_for(lambda: not psutil.pid_exists(children[0]))


def test_another_process_group_with_the_same_id_is_not_ended(tmp_path: Path) -> None:
    """A pid is used again; its start time and boot id are not."""
    group_file = tmp_path / "group"
    parent, _children = start(group_file, _CHILD)
    group, started, boot, number = group_file.read_text().split()
    for other in (
        f"{group} {int(started) - 1} {boot} {number}",
        f"{group} {started} another-boot {number}",
        f"{group} {started} {boot} {number}1",
        "",
        "nonsense",
    ):
        group_file.write_text(other)
        assert launch.group_members(group_file) == []
        assert launch.end_group(group_file, signal.SIGKILL, 0) is False
    group_file.write_text(f"{group} {started} {boot} {number}")
    assert launch.end_group(group_file, signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_a_copied_group_file_has_no_members(tmp_path: Path) -> None:
    """As after ``cp -a`` of a running home, whether the original still exists or was moved."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    parent, _children = start(original, _CHILD)
    shutil.copy2(original, copy)
    assert launch.group_members(copy) == []
    assert launch.end_group(copy, signal.SIGKILL, 0) is False
    original.rename(tmp_path / "moved")
    copy.rename(original)
    assert launch.group_members(original) == []
    assert len(launch.group_members(tmp_path / "moved")) == 2
    assert launch.end_group(tmp_path / "moved", signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_the_group_file_of_an_earlier_release_names_the_processes_of_its_home(tmp_path: Path) -> None:
    """It does not contain the inode number of its file."""
    for home in ("original", "copy"):
        (tmp_path / home / "run").mkdir(parents=True)
    group_file = tmp_path / "original/run/group"
    parent, children = start(group_file, _CHILD, cwd=tmp_path / "original")
    content = " ".join(group_file.read_text().split()[:3])
    group_file.write_text(content)
    (tmp_path / "copy/run/group").write_text(content)
    assert launch.group_members(tmp_path / "copy/run/group") == []
    assert sorted(launch.group_members(group_file)) == sorted([parent, *children])
    assert launch.end_group(group_file, signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_a_group_file_is_overwritten_in_place(tmp_path: Path) -> None:
    """On a full disk there is no space for a second file."""
    group_file = tmp_path / "group"
    group_file.write_text("an older note, which is longer " * 10)
    number = group_file.stat().st_ino
    subprocess.run([sys.executable, launch.__file__, str(group_file), "TERM", "/bin/true"], check=True, process_group=0)
    assert group_file.stat().st_ino == number
    assert len(group_file.read_text().split()) == 4


@pytest.mark.parametrize(
    ("group_file", "command", "message"),
    [("no/such/group", "/bin/true", "group: No such file"), ("group", "/no/such/program", "program: No such file")],
)
def test_a_program_that_cannot_be_started_is_reported_in_one_line(
    tmp_path: Path, group_file: str, command: str, message: str
) -> None:
    launched = subprocess.run(
        [sys.executable, launch.__file__, str(tmp_path / group_file), "TERM", command], capture_output=True, text=True
    )
    assert launched.returncode == 1
    assert message in launched.stderr
    assert len(launched.stderr.splitlines()) == 1


def test_the_socket_of_a_killed_predecessor_is_removed(tmp_path: Path) -> None:
    """A killed Nginx leaves its socket behind, and does not start where one exists."""
    left = tmp_path / "left.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(left))
    command = [sys.executable, launch.__file__, "--remove", str(left), str(tmp_path / "group"), "TERM", "/bin/true"]
    for _ in range(2):
        subprocess.run(command, check=True, timeout=10, process_group=0)
        assert not left.exists()
