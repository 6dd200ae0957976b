"""The priority of a process group: lowered and restored."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from partsearch.system.priority import gently, lower_group, lower_own, raise_group, share_own

_THREADS = 3
_WITH_THREADS = f"""
import threading
for _ in range({_THREADS - 1}):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("ready", flush=True)
input()
"""
_MAY_RISE = resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20


@pytest.fixture
def group() -> Iterator[int]:
    """A process group of one process with several threads."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WITH_THREADS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield process.pid
    process.communicate(b"\n", timeout=10)


def nice_values(pid: int) -> list[int]:
    """Return the nice value of each thread."""
    return [os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in Path(f"/proc/{pid}/task").iterdir()]


def test_the_priority_of_every_thread_is_lowered_if_it_can_be_restored_and_restored(group: int) -> None:
    before = nice_values(group)
    assert len(before) == _THREADS
    lower_group(group)
    assert nice_values(group) == ([10] * _THREADS if _MAY_RISE else before)
    raise_group(group)
    assert nice_values(group) == ([0] * _THREADS if _MAY_RISE else before)


def test_a_command_runs_with_a_low_priority() -> None:
    command = gently([sys.executable, "-c", "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"])
    output = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert int(output) == min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)


def test_a_missing_group_is_ignored() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], process_group=0) as process:
        process.wait(10)
    lower_group(process.pid)
    raise_group(process.pid)


def run_apart(do: Callable[[], None]) -> None:
    """Run this in a process that leads a session: a process cannot raise its own priority again."""
    if not (child := os.fork()):
        status = 1
        try:
            os.setsid()
            do()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def session_nice(pid: int) -> str:
    """Return the nice value of the session of a process; empty if the kernel has none.

    Before the first setsid, in a container for example, a process is in no group of its own: then the file is empty.
    """
    try:
        return Path(f"/proc/{pid}/autogroup").read_text().rpartition(" ")[2].strip()
    except OSError:
        return ""


def test_a_process_lowers_its_own_priority_and_that_of_its_session(group: int) -> None:
    def check() -> None:
        before = max(os.getpriority(os.PRIO_PROCESS, 0), 10)
        lower_own()
        assert os.getpriority(os.PRIO_PROCESS, 0) == before
        assert session_nice(os.getpid()) in ("", str(before))
        share_own(group)
        assert nice_values(group)[0] == before

    run_apart(check)


def test_the_session_of_other_processes_keeps_its_priority(group: int) -> None:
    before = session_nice(group)

    def check() -> None:
        lower_own()
        share_own(group)

    run_apart(check)
    assert session_nice(group) == before


def test_a_process_of_normal_priority_shares_nothing(group: int) -> None:
    if os.getpriority(os.PRIO_PROCESS, 0) == 0:
        lower_group(group)
        before = nice_values(group)
        share_own(group)
        assert nice_values(group) == before


def test_a_process_that_is_gone_or_of_another_account_is_left() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(10)

    def check() -> None:
        lower_own()
        share_own(process.pid)

    run_apart(check)
