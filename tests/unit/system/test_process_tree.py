"""A process with all its descendants."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from partsearch.system.process_tree import is_running, process_tree, resident_bytes
from tests.support.deadline import wait_for

_CHILD = [sys.executable, "-I", "-c", "input()"]
_PARENT = [
    sys.executable, "-I", "-c",
    f"import subprocess; child = subprocess.Popen({_CHILD!r}); print(child.pid, flush=True); child.wait()",
]  # fmt: skip

# The system call ends one thread, unlike sys.exit; its number is that of the machine.
_FIRST_THREAD_ENDS = [
    sys.executable, "-I", "-c",
    "import ctypes, platform, threading, time; threading.Thread(target=time.sleep, args=(60,)).start();"
    " ctypes.CDLL(None).syscall({'x86_64': 60}.get(platform.machine(), 93), 0)",
]  # fmt: skip


@contextmanager
def _parent() -> Iterator[tuple[int, int]]:
    with subprocess.Popen(_PARENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        yield parent.pid, int(parent.stdout.readline())


def _pids(processes: list[psutil.Process]) -> list[int]:
    return [process.pid for process in processes]


def test_the_tree_has_each_descendant_once() -> None:
    with _parent() as (parent, child):
        assert _pids(process_tree(parent)) == [parent, child]
        assert sorted(_pids(process_tree(psutil.Process(parent), child))) == sorted([parent, child])
        alone, both = resident_bytes(process_tree(child)), resident_bytes(process_tree(parent))
        assert 2**20 < alone < both


def test_a_process_that_has_ended_has_no_tree_and_no_memory() -> None:
    process = psutil.Popen([sys.executable, "-I", "-c", ""])
    assert process.wait(30) == 0
    assert process_tree(process.pid) == []
    assert resident_bytes([process]) == 0
    assert not is_running(process)


def test_a_zombie_does_not_run() -> None:
    with subprocess.Popen(_CHILD, stdin=subprocess.PIPE) as child:
        process = psutil.Process(child.pid)
        assert is_running(process)
        child.kill()
        while process.status() != psutil.STATUS_ZOMBIE:
            pass
        assert process.is_running()
        assert not is_running(process)


def test_a_process_whose_first_thread_has_ended_runs_until_the_last_has() -> None:
    with subprocess.Popen(_FIRST_THREAD_ENDS, stdin=subprocess.PIPE) as child:
        try:
            process = psutil.Process(child.pid)
            while process.status() != psutil.STATUS_ZOMBIE:
                pass
            assert is_running(process)
        finally:
            child.kill()
        wait_for(lambda: not is_running(process), what="the end of the other thread")
