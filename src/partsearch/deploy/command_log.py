"""The commands of a build: run one after another, each with a time limit, what they say kept in one log."""

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
from partsearch.system.priority import gently

_KILL_SECONDS = 5
_FULL_BYTES = 4 * 1024 * 1024
_REDIRECTING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "VIRTUAL_ENV")
"""Settings of the caller that would make pip or Python look or write somewhere else."""
_END_OF_INNER_OUTPUT = "[end of output]"


class CommandLog:
    """Runs commands and appends what they say to ``path``.

    Args:
        path: the log.
        group_file: notes the running command, so that the next build can end what a killed one left.
        environment: added to the caller's.
    """

    def __init__(self, path: Path, group_file: Path, environment: Mapping[str, str]) -> None:
        self.path = path
        self._group_file = group_file
        inherited = {name: value for name, value in os.environ.items() if name not in _REDIRECTING}
        self._environment = {**inherited, **environment}

    def run(self, what: str, command: list[str], seconds: float) -> None:
        """Runs a command to its end.

        Args:
            what: what it does, for the message: "Installing the packages".
            command: the program and its arguments.
            seconds: its time limit.

        Raises:
            BuildError: it fails, or takes too long; carries its telling line.
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
            fault = self._fault(process, seconds)
        if fault == "":
            fault = telling_line(self.path.read_bytes()[begin:].decode(errors="replace"))
        if fault:
            raise BuildError(f"{what} failed: {fault}.", _next_step(fault, self.path))

    def _fault(self, process: subprocess.Popen[bytes], seconds: float) -> str | None:
        """What is wrong with how the process ended: ``None`` nothing, an empty text where its log has to tell."""
        try:
            return "" if process.wait(seconds) else None
        except subprocess.TimeoutExpired:
            return f"it took longer than {seconds:g} s"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(_KILL_SECONDS)

    def end_leftovers(self) -> None:
        """Ends what a killed build left running."""
        launch.end_group(self._group_file, signal.SIGTERM, _KILL_SECONDS)


def telling_line(output: str) -> str:
    """The line of a failed command's output that tells most: pip's error, or the exception at its end."""
    lines = [line.strip(" │╰─>") for line in output.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("[notice]", "note:", "hint:", "WARNING:"))]
    if _END_OF_INNER_OUTPUT in lines:
        return lines[lines.index(_END_OF_INNER_OUTPUT) - 1].rstrip(".")
    # Where pip itself fails, it says "ERROR: Exception:", and the exception comes last.
    is_error = re.compile(r"(?i)(error|fatal): ")
    errors = [] if "ERROR: Exception:" in lines else [line for line in lines if is_error.match(line)]
    chosen = (errors or lines or ["no reason given"])[-1]
    return re.sub(r"^(?i:error|fatal): ", "", chosen).rstrip(".")


def _next_step(fault: str, log: Path) -> str:
    if "No space left" in fault or shutil.disk_usage(log.parent).free < _FULL_BYTES:
        return f"Make room on the disk of {log.parent}, then deploy again."
    return f"Everything that it said is in {log}."
