"""The command log: runs the commands of a build one after another with time limits, their output in one log file."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from partsearch.deploy.errors import BuildError
from partsearch.operation import launch
from partsearch.system.commands import non_empty_lines
from partsearch.system.priority import gently

_KILL_SECONDS = 5
_FULL_BYTES = 4 * 1024 * 1024
_REDIRECTING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "VIRTUAL_ENV")
"""Variables of the caller that make pip or Python read from or write to another place."""
_END_OF_INNER_OUTPUT = "[end of output]"
_COMMENTS = ("[notice]", "note:", "hint:", "WARNING:")


class CommandLog:
    """Runs commands and appends their output to ``path``.

    Args:
        path: the log file.
        group_file: names the process group of the running command, so that the next build can end what a killed one
            left.
        environment: added to the caller's.
    """

    def __init__(self, path: Path, group_file: Path, environment: Mapping[str, str]) -> None:
        self.path = path
        self._group_file = group_file
        inherited = {name: value for name, value in os.environ.items() if name not in _REDIRECTING}
        self._environment = {**inherited, **environment}

    def run(self, what: str, command: list[str], seconds: float) -> None:
        """Run a command to its end.

        Args:
            what: what the command does, for the error message: "Installing the packages".
            command: the program and its arguments.
            seconds: its time limit.

        Raises:
            BuildError: the command fails or exceeds its time limit; names the cause.
        """
        begin = self.path.stat().st_size if self.path.exists() else 0
        with self.path.open("ab") as log:
            process = subprocess.Popen(
                gently([sys.executable, "-I", "-S", launch.__file__, str(self._group_file), "KILL", *command]),
                cwd=self.path.parent,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = _wait(process, seconds)
            except subprocess.TimeoutExpired:
                raise self._error(what, f"it took longer than {seconds:g} s") from None
        if code:
            raise self._error(what, error_line_of_build(self.path.read_bytes()[begin:].decode(errors="replace")))

    def _error(self, what: str, cause: str) -> BuildError:
        is_disk_full = "No space left" in cause or shutil.disk_usage(self.path.parent).free < _FULL_BYTES
        free_space = f"Free space on the disk of {self.path.parent}, then deploy again."
        return BuildError(
            f"{what} failed: {cause}.", free_space if is_disk_full else f"The whole output is in {self.path}."
        )

    def end_leftovers(self) -> None:
        """End the processes that a killed build left running."""
        launch.end_group(self._group_file, signal.SIGTERM, _KILL_SECONDS)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Return the exit code of a process; kill its group if it is still running at the end."""
    try:
        return process.wait(seconds)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_KILL_SECONDS)


def error_line_of_build(output: str) -> str:
    """Return the line of a failed command's output that names the cause: pip's error, or the last exception."""
    lines = [stripped for line in non_empty_lines(output) if (stripped := line.strip(" │╰─>"))]
    lines = [line for line in lines if not line.startswith(_COMMENTS)]
    if _END_OF_INNER_OUTPUT in lines:
        return lines[lines.index(_END_OF_INNER_OUTPUT) - 1].rstrip(".")
    # When pip itself crashes, it prints "ERROR: Exception:" and the exception as the last line.
    is_error = re.compile(r"(?i)(error|fatal): ")
    errors = [] if "ERROR: Exception:" in lines else [line for line in lines if is_error.match(line)]
    chosen = (errors or lines or ["no reason given"])[-1]
    return re.sub(r"^(?i:error|fatal): ", "", chosen).rstrip(".")
