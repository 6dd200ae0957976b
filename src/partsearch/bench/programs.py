"""Running the programs that make the load."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from partsearch.bench.errors import LoadError, ProgramMissingError

_END_SECONDS = 5


def find_program(name: str) -> str:
    """Where a program is.

    Raises:
        ProgramMissingError: it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise ProgramMissingError(
            f"{name} is not installed.", f"Install it: 'apt install {name}' on Debian and Ubuntu, or see its own site."
        )
    return path


def run_program(command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> str:
    """What a program prints to its standard output.

    It gets a session of its own, so that Ctrl-C reaches us alone; whatever ends this function ends it too.

    Args:
        command: the program and its arguments.
        seconds: how long it may take.
        environment: its variables; ours if absent.

    Raises:
        LoadError: it fails, or takes too long.
    """
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, complaint = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise LoadError(
                f"{command[0]} did not end within {seconds:.0f} seconds.", "Is the machine overloaded? Measure again."
            ) from None
        finally:
            _end(process)
    if process.returncode:
        raise LoadError(
            f"{command[0]} failed with code {process.returncode}: {_last_line(complaint) or _last_line(output)}",
            "Does the target still answer? See 'partsearch status' and 'partsearch logs'.",
        )
    return output


def _end(process: "subprocess.Popen[str]") -> None:
    """Ends it with all that it has started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_END_SECONDS)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
