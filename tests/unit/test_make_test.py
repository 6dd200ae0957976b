"""``make test`` with programs that only note how they are called: what runs again, and what that decides."""

import os
import subprocess
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[2]
_PROGRAMS = ("python", "ruff", "mypy", "lint-imports")
_PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
    *--last-failed*"$FAILING"*) exit "$SECOND" ;;
    *"$FAILING"*) exit "$FIRST" ;;
esac
"""
_SIDE_BY_SIDE, _ALONE = "-m not alone", "-m alone"


def make_test(folder: Path, failing: str, first: int, second: int) -> tuple[bool, list[str]]:
    """Return whether ``make test`` succeeds, and its runs of pytest; those with ``failing`` exit with these codes."""
    for name in _PROGRAMS:
        (folder / name).write_text(_PROGRAM)
        (folder / name).chmod(0o755)
    calls = folder / "calls"
    ours = {"CALLS": str(calls), "FAILING": failing, "FIRST": str(first), "SECOND": str(second)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--silent", "--assume-old=.venv/installed-for-tests", "test", f"BIN={folder}", "STREAMS=2"],
        cwd=_CHECKOUT,
        env={**inherited, **ours},
        capture_output=True,
        text=True,
        timeout=60,
    )
    runs = [line.removeprefix("python -m pytest ") for line in calls.read_text().splitlines() if " -m pytest " in line]
    assert ("Again, what failed:" in done.stdout.splitlines()) == any("--last-failed" in run for run in runs)
    return done.returncode == 0, runs


@pytest.mark.parametrize("failing", [_SIDE_BY_SIDE, _ALONE])
@pytest.mark.parametrize("second", [0, 1])
def test_what_fails_runs_again_once_and_must_pass(tmp_path: Path, failing: str, second: int) -> None:
    succeeds, runs = make_test(tmp_path, failing, 1, second)
    assert succeeds == (second == 0)
    [again] = [run for run in runs if "--last-failed" in run]
    assert again.split() == ["--last-failed", "--last-failed-no-failures=none", *failing.split()]
    assert len(runs) == (2 + [_SIDE_BY_SIDE, _ALONE].index(failing) if second else 5)


@pytest.mark.parametrize("failing", [_SIDE_BY_SIDE, _ALONE])
def test_an_error_of_pytest_is_no_reason_to_run_again(tmp_path: Path, failing: str) -> None:
    succeeds, runs = make_test(tmp_path, failing, 2, 0)
    assert not succeeds
    assert failing in runs[-1]


@pytest.mark.parametrize("failing", [_SIDE_BY_SIDE, _ALONE])
def test_arguments_may_select_no_test_of_a_run(tmp_path: Path, failing: str) -> None:
    succeeds, runs = make_test(tmp_path, failing, 5, 1)
    assert (succeeds, len(runs)) == (True, 4)
