"""Running a program, and its error output as one line."""

import sys
from pathlib import Path

import pytest

from partsearch.system.commands import CommandFailedError, error_line, exception_line, run_command

_TRACEBACK = """\
starting
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    first()
KeyError: 'first'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 2, in <module>
    second()
psycopg.OperationalError: connection failed: refused.
\tIs the server running?
DETAIL:  more
"""


def _python(code: str) -> list[str]:
    return [sys.executable, "-I", "-c", code]


def test_the_output_is_returned(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['A'], sys.stdin.read()); print('warning', file=sys.stderr)"
    done = run_command(_python(code), 30, environment={"A": "b"}, folder=tmp_path)
    assert (done.stdout, done.stderr) == (f"{tmp_path} b \n", "warning\n")


def test_a_failure_has_its_line_its_code_and_its_complete_output() -> None:
    with pytest.raises(CommandFailedError, match=r"^fatal: no$") as failed:
        run_command(_python("import sys; print('first\\nfatal: no.', file=sys.stderr); sys.exit(75)"), 30)
    assert (failed.value.code, failed.value.stderr) == (75, "first\nfatal: no.\n")


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (["/absent/program"], r"^/absent/program: No such file or directory$"),
        (_python("import time; time.sleep(60)"), r"^it took longer than 0\.2 s$"),
    ],
    ids=["absent", "slow"],
)
def test_a_program_without_an_exit_has_no_code(command: list[str], cause: str) -> None:
    with pytest.raises(CommandFailedError, match=cause) as failed:
        run_command(command, 0.2)
    assert failed.value.code is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (_TRACEBACK, "psycopg.OperationalError: connection failed: refused"),
        ("first\nlast.\n\n", "last"),
        ("", "no reason given"),
    ],
    ids=["traceback", "lines", "nothing"],
)
def test_one_line_names_the_cause(text: str, line: str) -> None:
    assert error_line(text) == line


def test_there_is_no_exception_without_a_traceback() -> None:
    assert exception_line("ValueError: not one\n") is None
