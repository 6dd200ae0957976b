"""The progress bar of a long command: on a terminal, and gone at its end."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn


def progress_bar(console: Console, last_column: ProgressColumn) -> Progress:
    """Return a bar for tasks with a number to reach. It shows nothing where ``console`` is not a terminal.

    Args:
        console: where it is shown.
        last_column: what follows description, bar, percentage and numbers.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        last_column,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
