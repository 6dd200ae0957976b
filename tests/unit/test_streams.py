"""Tests that run in parallel do not disturb each other."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.streams import Room
from tests.support.deadline import wait_for
from tests.support.documents import ROOT
from tests.support.site import free_ports

_PORTS = "import tests.support.site, sys; print(*tests.support.site.free_ports(5), flush=True); sys.stdin.read()"

Enter = Callable[[bool], tuple[Event, Event]]


def test_no_two_processes_are_given_the_same_ports() -> None:
    given = free_ports(5)
    with ExitStack() as stack:
        for _ in range(2):
            command = [sys.executable, "-c", _PORTS]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, text=True, **pipes))  # type: ignore[call-overload]
            given += map(int, process.stdout.readline().split())
    assert len(set(given)) == 15
    assert max(given) < 32768, "the kernel gives it to clients"


@pytest.fixture
def enter(tmp_path: Path) -> Enter:
    """Return a function that starts a thread in the room; it returns two events: entered, and to be set to leave."""
    paths = tmp_path / "inside", tmp_path / "door"
    for path in paths:
        path.touch()

    def go_in(alone: bool) -> tuple[Event, Event]:
        entered, leave = Event(), Event()

        def stay() -> None:
            with Room(*paths).entered(alone=alone):
                entered.set()
                leave.wait(20)

        Thread(target=stay).start()
        return entered, leave

    return go_in


def test_an_exclusive_test_waits_for_others_and_others_wait_for_it(enter: Enter) -> None:
    (first, first_leaves), (second, second_leaves) = enter(False), enter(False)
    wait_for(lambda: first.is_set() and second.is_set(), what="two at a time")
    alone, alone_leaves = enter(True)
    assert not alone.wait(0.1)
    third, third_leaves = enter(False)
    assert not third.wait(0.1), "it overtook the exclusive test"
    first_leaves.set()
    assert not alone.wait(0.1)
    second_leaves.set()
    wait_for(alone.is_set, what="the exclusive test")
    assert not third.wait(0.1)
    alone_leaves.set()
    wait_for(third.is_set, what="the test after it")
    third_leaves.set()
