"""Running a program to its end, and its error output as one line."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from partsearch.errors import PartsearchError

_TRACEBACK = "Traceback (most recent call last):"
_SILENCE = "no reason given"


class CommandFailedError(PartsearchError):
    """A program failed; ``str(error)`` is one line without a full stop: what its error output says of the cause.

    Attributes:
        code: its exit code; ``None`` where it did not start or took too long.
        stderr: its whole error output.
    """

    def __init__(self, cause: str, code: int | None = None, stderr: str = "") -> None:
        super().__init__(cause)
        self.code, self.stderr = code, stderr


def run_command(
    command: Sequence[str],
    seconds: float,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program, which gets no input, to its end; return its output.

    Args:
        command: the program and its arguments.
        seconds: how long it may take.
        environment: its variables; those of this process if absent.
        folder: its current folder; that of this process if absent.

    Raises:
        CommandFailedError: it does not start, takes too long, or ends with a code other than 0.
    """
    try:
        done = subprocess.run(  # noqa: S603  # the commands are ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            env=environment,
            cwd=folder,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CommandFailedError(f"it took longer than {seconds:g} s") from None
    except OSError as error:
        raise CommandFailedError(f"{error.filename or command[0]}: {error.strerror}") from error
    if done.returncode:
        raise CommandFailedError(error_line(done.stderr), done.returncode, done.stderr)
    return done


def error_line(text: str) -> str:
    """Return the one line of a program's error output that names the cause, without its full stop.

    It is the exception of the last traceback without its details; of other output the last line.
    """
    lines = non_empty_lines(text)
    return (exception_line(text) or (lines[-1].strip() if lines else _SILENCE)).rstrip(".")


def exception_line(text: str) -> str | None:
    """Return the first line of the exception at the end of the last traceback; ``None`` without a traceback."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.rstrip().endswith(_TRACEBACK)]
    after = lines[starts[-1] + 1 :] if starts else []
    return next((line.rstrip() for line in after if line.strip() and not line.startswith((" ", "\t"))), None)


def non_empty_lines(text: str) -> list[str]:
    """Return the lines of ``text`` that show something, without the white space at their ends."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
