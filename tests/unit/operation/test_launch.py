"""Ending what a killed process left behind, and nothing else."""

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
_GENTLE_CHILD = "import time; time.sleep(60)"
_STUBBORN_CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(60)"


def start(group_file: Path, child: str, cwd: Path | None = None) -> tuple[int, list[int]]:
    """Starts, by launch.py, a process with a child; returns its pid and the child's."""
    command = [sys.executable, launch.__file__, str(group_file), "TERM", sys.executable, "-c"]
    parent = subprocess.Popen([*command, _PARENT.format(child=child)], process_group=0, cwd=cwd)
    children = wait_for(lambda: psutil.Process(parent.pid).children())
    return parent.pid, [process.pid for process in children]


def ignores_term(pid: int) -> bool:
    """Whether a process ignores SIGTERM, by the mask that proc(5) describes."""
    mask = re.search(r"SigIgn:\s+([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())
    return mask is not None and bool(int(mask[1], 16) & 1 << (signal.SIGTERM - 1))


def reap(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_the_children_of_a_killed_process_are_ended(tmp_path: Path) -> None:
    group_file = tmp_path / "group"
    parent, children = start(group_file, _GENTLE_CHILD)
    reap(parent)
    assert launch.group_members(group_file) == children
    assert launch.end_group(group_file, signal.SIGTERM, 5) is True
    assert launch.group_members(group_file) == []
    wait_for(lambda: not any(psutil.pid_exists(child) for child in children))


def test_a_stubborn_child_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    group_file = tmp_path / "group"
    parent, children = start(group_file, _STUBBORN_CHILD)
    wait_for(lambda: ignores_term(children[0]))
    reap(parent)
    started = time.monotonic()
    assert launch.end_group(group_file, signal.SIGTERM, 0.3) is True
    assert time.monotonic() - started >= 0.3
    wait_for(lambda: not psutil.pid_exists(children[0]))


def test_a_group_of_the_same_number_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    """The number of a process comes back; its start time, or the boot, does not."""
    group_file = tmp_path / "group"
    parent, _children = start(group_file, _GENTLE_CHILD)
    group, started, boot, number = group_file.read_text().split()
    for foreign in (
        f"{group} {int(started) - 1} {boot} {number}",
        f"{group} {started} another-boot {number}",
        f"{group} {started} {boot} {number}1",
        "",
        "nonsense",
    ):
        group_file.write_text(foreign)
        assert launch.group_members(group_file) == []
        assert launch.end_group(group_file, signal.SIGKILL, 0) is False
    group_file.write_text(f"{group} {started} {boot} {number}")
    assert launch.end_group(group_file, signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_a_copied_note_names_nobody(tmp_path: Path) -> None:
    """As after ``cp -a`` of a home that runs, be the original still there or moved away."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    parent, _children = start(original, _GENTLE_CHILD)
    shutil.copy2(original, copy)
    assert launch.group_members(copy) == []
    assert launch.end_group(copy, signal.SIGKILL, 0) is False
    original.rename(tmp_path / "moved")
    copy.rename(original)
    assert launch.group_members(original) == []
    assert len(launch.group_members(tmp_path / "moved")) == 2
    assert launch.end_group(tmp_path / "moved", signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_the_note_of_an_earlier_release_names_those_who_work_in_its_home(tmp_path: Path) -> None:
    """It does not hold the number of its file."""
    for home in ("original", "copy"):
        (tmp_path / home / "run").mkdir(parents=True)
    group_file = tmp_path / "original/run/group"
    parent, children = start(group_file, _GENTLE_CHILD, cwd=tmp_path / "original")
    note = " ".join(group_file.read_text().split()[:3])
    group_file.write_text(note)
    (tmp_path / "copy/run/group").write_text(note)
    assert launch.group_members(tmp_path / "copy/run/group") == []
    assert sorted(launch.group_members(group_file)) == sorted([parent, *children])
    assert launch.end_group(group_file, signal.SIGKILL, 1) is True
    os.waitpid(parent, 0)


def test_a_note_is_renewed_at_its_place(tmp_path: Path) -> None:
    """On a full disk there is no place for another."""
    group_file = tmp_path / "group"
    group_file.write_text("an older note, which is longer " * 10)
    number = group_file.stat().st_ino
    subprocess.run([sys.executable, launch.__file__, str(group_file), "TERM", "/bin/true"], check=True, process_group=0)
    assert group_file.stat().st_ino == number
    assert len(group_file.read_text().split()) == 4


@pytest.mark.parametrize(
    ("group_file", "command", "said"),
    [("no/such/group", "/bin/true", "group: No such file"), ("group", "/no/such/program", "program: No such file")],
)
def test_what_cannot_be_started_says_so_in_one_line(tmp_path: Path, group_file: str, command: str, said: str) -> None:
    launched = subprocess.run(
        [sys.executable, launch.__file__, str(tmp_path / group_file), "TERM", command], capture_output=True, text=True
    )
    assert launched.returncode == 1
    assert said in launched.stderr
    assert len(launched.stderr.splitlines()) == 1


def test_a_socket_that_a_predecessor_has_left_is_removed(tmp_path: Path) -> None:
    """Nginx, killed, leaves its socket behind, and does not start where there is one."""
    left = tmp_path / "left.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(left))
    command = [sys.executable, launch.__file__, "--remove", str(left), str(tmp_path / "group"), "TERM", "/bin/true"]
    for _ in range(2):
        subprocess.run(command, check=True, timeout=10, process_group=0)
        assert not left.exists()
