"""The output of a copy: progress on stderr, the summary on stdout."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import ProgressColumn, Task
from rich.table import Table
from rich.text import Text

from partsearch.system.progress_bar import progress_bar


class CopyReport:
    """The output on a terminal, with progress bars, or elsewhere, with one line per table."""

    def __init__(self) -> None:
        self._shown = Console(stderr=True, highlight=False, soft_wrap=True)
        self._started = monotonic()

    def say(self, line: str) -> None:
        """Print a line about a step."""
        self._shown.print(line, style="dim", markup=False)

    @contextmanager
    def table(self, name: str, rows: int) -> Iterator[Callable[[int], None]]:
        """Show the progress of a table; yield the function that takes the size of each batch."""
        started = monotonic()
        with progress_bar(self._shown, _SpeedColumn()) as progress:
            task = progress.add_task(name, total=rows)
            yield lambda sent: progress.advance(task, sent)
        if rows:
            self.say(f"Copied {name}: {rows:,} rows, {_speed(rows, monotonic() - started)}.")

    def summary(self, copied: Mapping[str, int]) -> None:
        """Print the rows of each table that has any, and the speed."""
        seconds = monotonic() - self._started
        table = Table("table", box=None, header_style="bold")
        table.add_column("rows", justify="right")
        table.add_column("checked")
        for name, rows in sorted(copied.items()):
            if rows:
                table.add_row(name, f"{rows:,}", "[green]✓[/green]")
        total = sum(copied.values())
        console = Console(highlight=False, soft_wrap=True)
        console.print(table)
        console.print(
            f"Copied {total:,} rows in {seconds:.1f} s, {_speed(total, seconds)}."
            f" Counts and checksums of all {len(copied)} tables agree."
        )


def _speed(rows: int, seconds: float) -> str:
    return f"{rows / max(seconds, 0.001):,.0f} a second"


class _SpeedColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:,.0f} rows/s")
