"""The progress of a run on the terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from partsearch.bench.plan import RunStep


class RunProgress:
    """A progress bar in seconds of load. Without a terminal, it prints a line for each step instead.

    Args:
        console: the console to print on.
        seconds: seconds of load of all steps.
    """

    def __init__(self, console: Console, seconds: float) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console, transient=True
        )
        self._task = self._progress.add_task("", total=seconds)
        self._seconds_of_step = 0.0

    def __enter__(self) -> "RunProgress":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show_step(self, step: RunStep) -> None:
        """Advance past the step before, and show this one."""
        self._progress.update(self._task, advance=self._seconds_of_step, description=str(step))
        self._seconds_of_step = step.seconds
        if not self._console.is_terminal:
            self.print_line(f"{step}, {step.seconds} s")

    def print_line(self, line: str) -> None:
        """Print a line that stays."""
        self._console.print(f"[dim]{line}[/dim]", highlight=False, soft_wrap=True)
