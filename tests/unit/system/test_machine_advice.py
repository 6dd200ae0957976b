"""The reason of a failed ``initdb``, and the advice for causes on the machine."""

from pathlib import Path

import pytest

from partsearch.database.embedded import _initdb_reason
from partsearch.system.commands import CommandFailedError, error_line
from partsearch.system.machine_advice import machine_advice

_DISK_FULL = """\
2026-11-25 20:23:17.811 UTC [7] FATAL:  could not extend file "base/1/2691": No space left on device
2026-11-25 20:23:17.811 UTC [7] HINT:  Check free disk space.
2026-11-25 20:23:17.811 UTC [7] PANIC:  cannot abort transaction 1, it was already committed
child process exited with exit code 134
initdb: removing contents of data directory "/home/postgres.part"
"""
_NO_RIGHT = 'initdb: error: could not access directory "/home/postgres.part": Permission denied\n'
_NO_MEMORY = "[7] FATAL:  could not map anonymous shared memory: Cannot allocate memory\n"


def failed_with(output: str) -> CommandFailedError:
    """Return the error of a program with this error output."""
    return CommandFailedError(error_line(output), 1, output)


@pytest.mark.parametrize(
    ("output", "reason", "step"),
    [
        (
            _DISK_FULL,
            'could not extend file "base/1/2691": No space left on device',
            "Free some space on the disk of /home",
        ),
        (_NO_RIGHT, 'could not access directory "/home/postgres.part": Permission denied', "the right to it"),
        (_NO_MEMORY, "could not map anonymous shared memory: Cannot allocate memory", "more memory"),
    ],
)
def test_the_first_error_of_initdb_is_its_reason(output: str, reason: str, step: str) -> None:
    assert _initdb_reason(failed_with(output)) == reason
    assert step in (machine_advice(reason, Path("/home")) or "")


def test_there_is_no_advice_for_other_causes() -> None:
    assert machine_advice("syntax error", Path("/home")) is None


def test_an_initdb_without_output_has_a_reason_too() -> None:
    assert _initdb_reason(failed_with("")) == "no reason given"
