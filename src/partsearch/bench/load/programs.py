"""Runs the programs that generate the load."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from partsearch.bench.errors import LoadError, ProgramMissingError
from partsearch.system.commands import error_line

_END_SECONDS = 5


def find_program(name: str) -> str:
    """Return the path of a program.

    Raises:
        ProgramMissingError: the program is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise ProgramMissingError(
            f"{name} is not installed.", f"Install it: 'apt install {name}' on Debian and Ubuntu, or see its web site."
        )
    return path


def run_program(command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> str:
    """Run a program to its end; return its standard output.

    The program gets a session of its own, so that Ctrl-C reaches only this process. If this function ends early, it
    kills the program with all that it has started.

    Args:
        command: the program and its arguments.
        seconds: how long the program may take.
        environment: its variables; those of this process if absent.

    Raises:
        LoadError: the program fails, or takes too long.
    """
    with deferred_signals() as raise_deferred:
        process = _started(command, environment)
        try:
            raise_deferred()
            output, error_output = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise LoadError(
                f"{command[0]} did not end within {seconds:.0f} seconds.", "Is the machine overloaded? Measure again."
            ) from None
        finally:
            _end(process)
    if process.returncode:
        raise LoadError(
            f"{command[0]} failed with code {process.returncode}: {error_line(error_output or output)}.",
            "Does the target still answer? See 'partsearch status' and 'partsearch logs'.",
        )
    return output


def _started(command: Sequence[str], environment: Mapping[str, str] | None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


@contextmanager
def deferred_signals() -> Iterator[Callable[[], None]]:
    """Defer termination signals within the block, until the yielded function is called.

    A signal in the middle of a start would leave a program running that no variable refers to.
    """
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    deferred = {number: handler for number, handler in before.items() if callable(handler)}

    def raise_deferred() -> None:
        for number, handler in deferred.items():
            signal.signal(number, handler)
        if received:
            raise KeyboardInterrupt

    for number in deferred:
        signal.signal(number, lambda number, _frame: received.append(number))
    try:
        yield raise_deferred
    finally:
        for number, handler in deferred.items():
            signal.signal(number, handler)


def _end(process: "subprocess.Popen[str]") -> None:
    """Kill the process with all that it has started, and close its output."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_END_SECONDS)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
