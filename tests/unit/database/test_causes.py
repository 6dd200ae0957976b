"""What is said of ``initdb`` that failed, and what is advised, by the cause."""

from pathlib import Path

import pytest

from partsearch.database.causes import advice
from partsearch.database.embedded import _initdb_reason

_NO_ROOM = """\
2026-11-25 20:23:17.811 UTC [7] FATAL:  could not extend file "base/1/2691": No space left on device
2026-11-25 20:23:17.811 UTC [7] HINT:  Check free disk space.
2026-11-25 20:23:17.811 UTC [7] PANIC:  cannot abort transaction 1, it was already committed
child process exited with exit code 134
initdb: removing contents of data directory "/home/postgres.part"
"""
_NO_RIGHT = 'initdb: error: could not access directory "/home/postgres.part": Permission denied\n'
_NO_MEMORY = "[7] FATAL:  could not map anonymous shared memory: Cannot allocate memory\n"


@pytest.mark.parametrize(
    ("output", "said", "step"),
    [
        (_NO_ROOM, 'could not extend file "base/1/2691": No space left on device', "Make room on the disk of /home"),
        (_NO_RIGHT, 'could not access directory "/home/postgres.part": Permission denied', "the right to it"),
        (_NO_MEMORY, "could not map anonymous shared memory: Cannot allocate memory", "more memory"),
    ],
)
def test_initdb_is_told_by_its_first_error_and_its_cause(output: str, said: str, step: str) -> None:
    assert _initdb_reason(output) == said
    assert step in (advice(said, Path("/home")) or "")


def test_what_is_no_fault_of_the_machine_is_not_advised_on() -> None:
    assert advice("syntax error", Path("/home")) is None


def test_an_initdb_that_says_nothing_has_a_reason_too() -> None:
    assert _initdb_reason("") == "it says nothing"
