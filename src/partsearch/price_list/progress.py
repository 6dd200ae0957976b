"""The progress of an import on stderr: the stage, the rows, their rate, and the time left."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from partsearch.price_list.formats import Record, Table

_SECONDS_BETWEEN_LINES = 5.0
_SECONDS_TO_STOP = 2.0
_ROWS_BETWEEN_MOVES = 500


class Progress(Protocol):
    """Takes the progress of an import."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage: reading, understanding, comparing, writing.

        Args:
            name: of the stage.
            total: how many rows it has; ``None`` if that is unknown.
        """

    def advance(self, rows: int) -> None:
        """Count rows of this stage as done."""


class NoProgress:
    """Shows nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, rows: int) -> None:
        """Show nothing."""


class CountedRecords:
    """The records of a table, which are counted in the first whole pass: the next stage then has a total.

    Attributes:
        total: how many records there are; ``None`` before.
    """

    def __init__(self, records: Callable[[], Iterator[Record]]) -> None:
        self._records = records
        self.total: int | None = None

    def __call__(self) -> Iterator[Record]:
        """Yield the records from the first one on."""
        count = 0
        for count, record in enumerate(self._records(), 1):  # noqa: B007
            yield record
        self.total = count


def with_counted_records(tables: Iterable[Table]) -> list[Table]:
    """Return the tables with records that are counted."""
    return [replace(table, records=CountedRecords(table.records)) for table in tables]


def total_records(table: Table) -> int | None:
    """Return how many records a table of ``with_counted_records`` has; ``None`` if no pass was whole yet."""
    return table.records.total if isinstance(table.records, CountedRecords) else None


class LineProgress:
    """Writes a line every few seconds, also while no row is done: for logs and pipes.

    Args:
        write: takes a line.
        clock: returns seconds.
    """

    def __init__(self, write: Callable[[str], object], clock: Callable[[], float] = monotonic) -> None:
        self._write = write
        self._clock = clock
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._started = clock()
        self._is_over = threading.Event()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._done, self._total, self._name, self._started = 0, total, name, self._clock()

    def advance(self, rows: int) -> None:
        """Count rows as done."""
        self._done += rows

    def line(self) -> str:
        """Return the present state: ``Reading: 120,000 of 1,000,000 rows, 24,000 rows/s, 0:37 left``."""
        if not self._done:
            return f"{self._name.capitalize()}: {self._clock() - self._started:.0f} s"
        facts = [f"{self._done:,} of {self._total:,} rows" if self._total else f"{self._done:,} rows"]
        rate = self._done / max(self._clock() - self._started, 0.001)
        facts.append(f"{rate:,.0f} rows/s")
        if self._total and self._total > self._done:
            facts.append(f"{_minutes((self._total - self._done) / rate)} left")
        return f"{self._name.capitalize()}: {', '.join(facts)}"

    @contextmanager
    def written(self, seconds_between: float = _SECONDS_BETWEEN_LINES) -> Iterator[None]:
        """Write lines within the block; a block that is shorter than the time between lines has none."""
        thread = threading.Thread(target=self._write_lines, args=(seconds_between,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join(_SECONDS_TO_STOP)

    def _write_lines(self, seconds_between: float) -> None:
        while not self._is_over.wait(seconds_between):
            if self._name:
                self._write(self.line())


class _RowsColumn(ProgressColumn):
    """Rows, and rows a second."""

    def render(self, task: Task) -> Text:
        """Return them as text."""
        if not task.completed:
            return Text("")
        of = f" of {task.total:,.0f}" if task.total else ""
        rate = f", {task.speed:,.0f} rows/s" if task.speed else ""
        return Text(f"{task.completed:,.0f}{of} rows{rate}")


class TerminalProgress:
    """Shows one bar on a terminal, which is removed at the end."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._waiting = 0

    def stage(self, name: str, total: int | None = None) -> None:
        """Replace the bar of the stage before."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name.capitalize(), total=total)
        self._waiting = 0

    def advance(self, rows: int) -> None:
        """Move the bar, not for each row: that costs more than reading one."""
        self._waiting += rows
        if self._task is not None and self._waiting >= _ROWS_BETWEEN_MOVES:
            self._bars.advance(self._task, self._waiting)
            self._waiting = 0


@contextmanager
def show_progress(console: Console | None = None) -> Iterator[Progress]:
    """Yield the progress on stderr: a bar on a terminal, else a line every five seconds.

    Args:
        console: where it goes; absent, stderr.
    """
    console = console or Console(stderr=True, highlight=False)
    if console.is_terminal:
        columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), _RowsColumn(), TimeRemainingColumn()
        with Bars(*columns, console=console, transient=True) as bars:
            yield TerminalProgress(bars)
        return
    lines = LineProgress(_write_to_stderr)
    with lines.written():
        yield lines


def _write_to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
