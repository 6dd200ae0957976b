"""The commands of a build: their errors, their time limits and their environment."""

import sys
from pathlib import Path

import pytest

from partsearch.deploy.build.command_log import CommandLog, error_line_of_build
from partsearch.deploy.errors import BuildError
from tests.support.deadline import wait_for
from tests.support.processes import is_dead

_MISSING = """
Looking in links: /opt/wheels
ERROR: Could not find a version that satisfies the requirement nothing (from versions: none)
ERROR: No matching distribution found for nothing
[notice] A new release of pip is available
"""
_INNER = """
  error: subprocess-exited-with-error
  × Getting requirements to build wheel did not run successfully.
  ╰─> [3 lines of output]
      Traceback (most recent call last):
        File "x.py", line 1, in <module>
      ValueError: Unable to determine which files to ship.
      [end of output]
  note: This error originates from a subprocess, and is likely not a problem with pip.
ERROR: Failed to build 'file:///x' when getting requirements to build wheel
"""
_CRASH = """
ERROR: Exception:
Traceback (most recent call last):
  File "y.py", line 77, in _build_backend
ModuleNotFoundError: No module named 'hatchling.nothing'
"""


@pytest.fixture
def log(tmp_path: Path) -> CommandLog:
    return CommandLog(tmp_path / "log", tmp_path / "group", {"COLOUR": "green"})


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (_MISSING, "No matching distribution found for nothing"),
        (_INNER, "ValueError: Unable to determine which files to ship"),
        (_CRASH, "ModuleNotFoundError: No module named 'hatchling.nothing'"),
        (
            "partsearch 1.0 requires rich, which is not installed.\n",
            "partsearch 1.0 requires rich, which is not installed",
        ),
        ("", "no reason given"),
    ],
)
def test_the_line_that_names_the_cause(output: str, line: str) -> None:
    assert error_line_of_build(output) == line


def test_a_failed_command_is_reported_with_its_own_output(log: CommandLog) -> None:
    log.run("The first", [sys.executable, "-c", "print('ERROR: of another command')"], 20)
    with pytest.raises(BuildError, match="The second failed: ValueError: green") as raised:
        log.run("The second", [sys.executable, "-c", "import os; raise ValueError(os.environ['COLOUR'])"], 20)
    assert str(log.path) in raised.value.next_step
    assert "of another command" in log.path.read_text()


def test_a_full_disk_is_the_next_step(log: CommandLog) -> None:
    with pytest.raises(BuildError) as raised:
        log.run("Installing", [sys.executable, "-c", "raise OSError(28, 'No space left on device')"], 20)
    assert raised.value.next_step.startswith("Free space")


def test_a_command_that_takes_too_long_is_ended_with_its_children(log: CommandLog) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); import time; time.sleep(60)"
    with pytest.raises(BuildError, match=r"longer than 1 s"):
        log.run("Waiting", [sys.executable, "-c", code], 1)
    child = int(log.path.read_text())
    wait_for(lambda: is_dead(child), what="the child's end")


def test_variables_that_redirect_pip_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    log = CommandLog(tmp_path / "log", tmp_path / "group", {})
    log.run("Asking", [sys.executable, "-c", "import os; assert 'PIP_TARGET' not in os.environ"], 20)
