"""Programs are killed in every case, also when an interruption comes during their start."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from partsearch.bench.errors import LoadError
from partsearch.bench.load import programs
from tests.support.deadline import wait_for
from tests.support.processes import is_dead

started: list[int] = []


class InterruptedAtOnce(subprocess.Popen[Any]):
    """A start that Ctrl-C interrupts."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        started.append(self.pid)
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interruption_during_a_start_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.subprocess, "Popen", InterruptedAtOnce)
    with pytest.raises(KeyboardInterrupt):
        programs.run_program(["sleep", "60"], 30)
    assert not psutil.pid_exists(started.pop())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_output_of_a_program_is_returned_and_its_failure_raised() -> None:
    assert programs.run_program(["echo", "good"], 30) == "good\n"
    with pytest.raises(LoadError, match="code 3: no such thing"):
        programs.run_program(["sh", "-c", "echo first >&2; echo no such thing >&2; exit 3"], 30)


def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    with pytest.raises(LoadError, match="did not end within"):
        programs.run_program(["sh", "-c", f"sleep 60 & echo $! > {child}; wait"], 1)
    wait_for(lambda: is_dead(int(child.read_text())), what="the end of what it started")
