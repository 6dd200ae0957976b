"""Commands of the site as processes: timed with their memory, or repeated in the background until they are stopped."""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.site import RunningSite

_LONGEST_SECONDS = 4 * 3600
_STOP_SECONDS = 120
_SAMPLE_SECONDS = 0.1
_ERROR_CHARACTERS = 2_000


@dataclass(frozen=True)
class Finished:
    """A command that has gone through.

    Attributes:
        seconds: from its start to its end.
        memory: the largest resident memory of its processes together, in bytes.
        answer: what it printed, if that is JSON.
    """

    seconds: float
    memory: int
    answer: dict[str, Any]


def timed(site: RunningSite, *arguments: str) -> Finished:
    """Run a command of the site to its end, and return what it took.

    Raises:
        RuntimeError: it failed; the message has what it printed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        with _process(site, arguments, output, errors) as process:
            memory = _Memory(process.pid)
            while process.poll() is None:
                if time.perf_counter() - started > _LONGEST_SECONDS:
                    raise RuntimeError(f"partsearch {' '.join(arguments)} has not ended after {_LONGEST_SECONDS} s.")
                memory.sample()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_SAMPLE_SECONDS)
            seconds = time.perf_counter() - started
        if process.returncode:
            raise RuntimeError(f"partsearch {' '.join(arguments)}: {_text(errors)}")
        return Finished(seconds, memory.highest, _answer(_text(output)))


class Repeated:
    """Commands that run one after the other in the background, again and again, until they are stopped."""

    def __init__(self, site: RunningSite, commands: Iterator[Sequence[str]]) -> None:
        self._site = site
        self._commands = commands
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()
        self._is_over = False
        self.error = ""

    @contextmanager
    def running(self) -> Iterator["Repeated"]:
        """Run the commands for the block. At its end the command that still runs is interrupted."""
        self._thread.start()
        try:
            self._started.wait()
            yield self
        finally:
            self._stopped.set()
            self._thread.join()

    @property
    def is_running(self) -> bool:
        """Whether the commands go on: none has failed."""
        return not self._is_over

    def wait(self) -> None:
        """Wait until a command has failed, or the last one has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            for arguments in self._commands:
                if self._stopped.is_set() or not self._run_one(arguments):
                    return
        except (OSError, subprocess.SubprocessError) as error:
            self.error = str(error)
        finally:
            self._is_over = True
            self._started.set()

    def _run_one(self, arguments: Sequence[str]) -> bool:
        """Run a command to its end, or until it is stopped; return whether the next one may start."""
        with tempfile.TemporaryFile() as errors, _process(self._site, arguments, subprocess.DEVNULL, errors) as process:
            self._started.set()
            while process.poll() is None:
                if self._stopped.is_set():
                    return False
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_SAMPLE_SECONDS)
            if process.returncode:
                self.error = f"partsearch {' '.join(arguments)}: {_text(errors)}"
                return False
            return True


@contextmanager
def _process(
    site: RunningSite, arguments: Sequence[str], output: Any, errors: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command for the block; interrupt it at the end of the block if it still runs, as Ctrl-C does."""
    command = [str(Path(sys.executable).parent / "partsearch"), *arguments]
    process = subprocess.Popen(
        command, env=site.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        finally:
            process.kill()
            process.wait()


class _Memory:
    """The largest resident memory of a process and its children together: the kernel keeps the peak of each."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.highest = 0

    def sample(self) -> None:
        """Take the peaks so far. Without swap they are the memory that is needed at once, or more."""
        with suppress(psutil.Error):
            tree = [self._process, *self._process.children(recursive=True)]
            self.highest = max(self.highest, sum(_peak(process.pid) for process in tree))


def _peak(pid: int) -> int:
    """Return the largest resident memory that a process has had, in bytes; 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _text(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode(errors="replace")
    return text[-_ERROR_CHARACTERS:] if not text.startswith("{") else text


def _answer(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(text) if text.startswith("{") else {}
    return answer
