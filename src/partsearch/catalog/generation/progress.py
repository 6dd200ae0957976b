"""The progress of a load on stderr: a bar on a terminal, a line for each tenth of a long load elsewhere."""

from threading import Lock
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import TimeRemainingColumn

from partsearch.catalog.generation.shapes import BLOCK_PARTS
from partsearch.system.progress_bar import progress_bar

_SHARES = 10


class LoadProgress:
    """The progress of a load of parts. Several threads may advance it."""

    def __init__(self, number: int, loaded: int = 0) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = progress_bar(self._console, TimeRemainingColumn())
        self._task = self._bar.add_task("Parts", total=number, completed=loaded)
        self._number, self._loaded = number, loaded
        self._lock = Lock()
        self._prints_lines = number > BLOCK_PARTS and not self._console.is_terminal

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, traceback)

    def say(self, line: str) -> None:
        """Print a line."""
        self._console.print(line)

    def advance(self, parts: int) -> None:
        """Show that more parts are loaded."""
        self._bar.advance(self._task, parts)
        with self._lock:
            before, self._loaded = self._loaded, self._loaded + parts
            share = self._loaded * _SHARES // self._number
            if self._prints_lines and before * _SHARES // self._number < share < _SHARES:
                self._console.print(f"{self._loaded:,} of {self._number:,} parts")
