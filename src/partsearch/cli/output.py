"""stdout and stderr of a command, which may be full, closed, or unable to encode a character.

A command that only prints ends when its output cannot be written. One that changes something goes on, and its exit code
is that of its work. A character that the terminal's encoding does not have is replaced.
"""

import errno
import io
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

_PIPE_EXIT_CODE = 128 + 13
_P = ParamSpec("_P")
_Result = TypeVar("_Result")


class OutputLostError(Exception):
    """stdout cannot be written, and the command only prints. It is no OSError, so that no other handler catches it."""


class _Raw(io.FileIO):
    """A stream that records its errors. It raises the first one only if the command needs its output."""

    def __init__(self, descriptor: int, error: OSError | None) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.error = error
        self.is_needed = False

    def write(self, data: Any, /) -> int:
        if self.error is None:
            try:
                return super().write(data)
            except OSError as error:
                self.error = error
                if self.is_needed:
                    raise OutputLostError from error
        return len(memoryview(data).cast("B"))


class Output:
    """stdout and stderr of this process."""

    def __init__(self) -> None:
        self._raws: dict[str, _Raw] = {}

    def take(self) -> None:
        """Replace stdout and stderr by streams that survive a full disk and characters that cannot be encoded."""
        closed = _open_closed_descriptors()
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stream = getattr(sys, name)
            lost = OSError(errno.EBADF, os.strerror(errno.EBADF)) if descriptor in closed else None
            raw = _Raw(descriptor, lost)
            is_terminal = raw.isatty()
            setattr(
                sys,
                name,
                io.TextIOWrapper(
                    io.BufferedWriter(raw),
                    encoding=getattr(stream, "encoding", None) or "utf-8",
                    errors="replace",
                    line_buffering=is_terminal or name == "stderr",
                ),
            )
            self._raws[name] = raw
        if "stdout" in self._raws:
            self._raws["stdout"].is_needed = True

    def is_lost(self) -> bool:
        """Return whether something that was written to stdout did not arrive."""
        if "stdout" not in self._raws:
            return False
        sys.stdout.flush()
        return self._raws["stdout"].error is not None

    def need_not_arrive(self) -> None:
        """Declare that this command changes something: it goes on without its output."""
        if "stdout" in self._raws:
            self._raws["stdout"].is_needed = False

    def exit_code(self, code: int) -> int:
        """Return the exit code of the command, which would be ``code`` if all of its output had arrived."""
        try:
            is_lost = self.is_lost()
        except OutputLostError:
            is_lost = True
        raw = self._raws.get("stdout")
        if not is_lost or raw is None or raw.error is None or not raw.is_needed:
            return code
        if raw.error.errno == errno.EPIPE:
            return _PIPE_EXIT_CODE
        print(f"Error: The output cannot be written: {raw.error.strerror}.", file=sys.stderr)
        print("Send it somewhere else, and run the same command again.", file=sys.stderr)
        return code or 1


output = Output()


def works(command: Callable[_P, _Result]) -> Callable[_P, _Result]:
    """Return ``command`` as one that changes something, whether its output arrives or not."""

    @wraps(command)
    def working(*args: _P.args, **kwargs: _P.kwargs) -> _Result:
        output.need_not_arrive()
        return command(*args, **kwargs)

    return working


def _open_closed_descriptors() -> set[int]:
    """Open and return closed standard descriptors, which else the next file or socket would get as its own."""
    closed = set()
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            closed.add(descriptor)
    return closed
