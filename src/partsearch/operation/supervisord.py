"""supervisord as partsearch runs it: it survives a full disk, and the paths of its files may have any character.

``python -m partsearch.operation.supervisord -c FILE``. Three parts of the package ``supervisor``, which has no options
for them, are replaced:

- Its log handler raises errors of the disk, which end the program while its children continue to run.
- Its parser takes `` ;`` and `` #`` in a value, as in the path of a home, for the start of a comment.
- Its backoff before a process is started again grows without a limit: after a night it is minutes.
"""

import os
import sys
import time
from contextlib import suppress
from typing import IO, Any

from supervisor import loggers, options, process, supervisord
from supervisor.states import ProcessStates

from partsearch.system.log_config import configured_format, format_line

_LONGEST_BACKOFF_SECONDS = 5.0
_MESSAGE_ALONE = "%(message)s"
_LEVELS = {
    loggers.LevelsByName.CRIT: "CRITICAL",
    loggers.LevelsByName.ERRO: "ERROR",
    loggers.LevelsByName.WARN: "WARNING",
    loggers.LevelsByName.INFO: "INFO",
}
"""Its levels as other processes name them."""


class Writer:
    """Writes to a file whose disk may be full. Lost bytes are counted and reported when the disk has space again."""

    def __init__(self) -> None:
        self._lost = 0
        self._why = ""

    def write(self, descriptor: int, data: bytes) -> None:
        """Write as much of ``data`` as the disk takes."""
        note = f"\n[{self._lost:,} bytes of this log are lost: {self._why}]\n".encode() if self._lost else b""
        left = memoryview(note + data)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
                if self._lost and len(left) <= len(data):
                    self._lost = 0
        except OSError as error:
            self.lose(min(len(left), len(data)), error)

    def lose(self, number: int, error: OSError) -> None:
        """Count bytes that could not be written."""
        self._lost += number
        self._why = error.strerror or type(error).__name__


class LogHandler(loggers.RotatingFileHandler):  # type: ignore[misc]  # supervisor has no types
    """The handler of a log file, the supervisor's or that of a process, which raises no errors of the disk."""

    stream: IO[bytes]

    def __init__(self, filename: str, mode: str, maxBytes: int, backupCount: int) -> None:  # noqa: N803  # supervisor's
        self._writer = Writer()
        super().__init__(filename, mode, maxBytes, backupCount)
        self.reopen()

    def reopen(self) -> None:
        """Open the file again, without a buffer: a buffer that cannot be written would raise at its close."""
        self.close()
        self.stream = open(self.baseFilename, "ab", buffering=0)  # noqa: SIM115, PTH123  # closed by the handler
        self.closed = False

    def emit(self, record: Any) -> None:
        """Write a record, and start a new file if this one has reached its size."""
        data = self._bytes(record)
        try:
            if self.stream.closed:
                self.reopen()
        except OSError as error:
            self._writer.lose(len(data), error)
            return
        self._writer.write(self.stream.fileno(), data)
        with suppress(OSError):  # the next record tries again
            self._rotate_if_long()

    def _bytes(self, record: Any) -> bytes:
        if self.fmt == _MESSAGE_ALONE and isinstance(record.msg, bytes):
            return record.msg
        event = str(record.asdict()["message"])
        if self.fmt == _MESSAGE_ALONE:
            return event.encode(errors="backslashreplace")
        line = format_line(configured_format(), _LEVELS.get(record.level, "DEBUG"), "supervisord", event, {})
        return f"{line}\n".encode(errors="backslashreplace")

    def _rotate_if_long(self) -> None:
        if self.stream.tell() >= self.maxBytes > 0:
            self.doRollover()
            self.reopen()


class Stream:
    """Standard output or error, which raises no errors of the disk either."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._writer = Writer()

    def write(self, text: str) -> int:
        """Write a text at once."""
        self._writer.write(self._descriptor, text.encode(errors="backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)


class Parser(options.UnhosedConfigParser):  # type: ignore[misc]  # supervisor has no types
    """The parser of the configuration, for which a value goes to the end of its line."""

    def __init__(self) -> None:
        super().__init__(inline_comment_prefixes=())


class Subprocess(process.Subprocess):  # type: ignore[misc]  # supervisor has no types
    """A process that is started again after a few seconds, however often it has failed."""

    def change_state(self, new_state: int, expected: bool = True) -> object:  # noqa: FBT001, FBT002  # supervisor's
        """Set the state, and for BACKOFF the time of the next start."""
        changed: object = super().change_state(new_state, expected)
        if new_state == ProcessStates.BACKOFF:
            self.delay: float = min(self.delay, time.time() + _LONGEST_BACKOFF_SECONDS)
        return changed


def main() -> None:
    """Run supervisord until it is stopped."""
    loggers.RotatingFileHandler = LogHandler
    options.UnhosedConfigParser = Parser
    process.Subprocess = Subprocess
    sys.stdout, sys.stderr = Stream(1), Stream(2)
    supervisord.main()


if __name__ == "__main__":
    main()
