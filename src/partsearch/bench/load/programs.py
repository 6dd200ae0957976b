"""Running the programs that make the load."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

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
    with _interruptions_held_back() as let_go:
        process = _started(command, environment)
        try:
            let_go()
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
def _interruptions_held_back() -> Iterator[Callable[[], None]]:
    """Within it interruptions wait for the call of what it yields.

    One that came in the middle of a start would leave a program running that nobody knows of.
    """
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    held_back = {number: handler for number, handler in before.items() if callable(handler)}

    def let_go() -> None:
        for number, handler in held_back.items():
            signal.signal(number, handler)
        if came:
            raise KeyboardInterrupt

    for number in held_back:
        signal.signal(number, lambda number, _frame: came.append(number))
    try:
        yield let_go
    finally:
        for number, handler in held_back.items():
            signal.signal(number, handler)


def _end(process: "subprocess.Popen[str]") -> None:
    """Ends it with all that it has started, and closes its output."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_END_SECONDS)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
