"""How far a run is, on the terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from partsearch.bench.plan import Step


class Shown:
    """A bar of the seconds of load; where nobody watches, a line for each step instead.

    Args:
        console: where it is shown.
        seconds: of load, of all steps.
    """

    def __init__(self, console: Console, seconds: float) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console, transient=True
        )
        self._task = self._progress.add_task("", total=seconds)
        self._seconds_under_way = 0.0

    def __enter__(self) -> "Shown":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def doing(self, step: Step) -> None:
        """The step before is done, and this one begins."""
        self._progress.update(self._task, advance=self._seconds_under_way, description=str(step))
        self._seconds_under_way = step.seconds
        if not self._console.is_terminal:
            self.say(f"{step}, {step.seconds} s")

    def say(self, line: str) -> None:
        """Shows a line that stays."""
        self._console.print(f"[dim]{line}[/dim]", highlight=False, soft_wrap=True)
