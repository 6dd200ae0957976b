"""The progress of work on segments, on stderr: a bar on a terminal, a line for each tenth of much work elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import TimeRemainingColumn

from partsearch.system.progress_bar import progress_bar

_SHARES = 10
_LEAST_FOR_LINES = 50


@contextmanager
def segment_progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show progress during the block; yield the function that takes how many segments are done, and of how many."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with progress_bar(console, TimeRemainingColumn()) as bar:
        task = bar.add_task(title, total=None)
        shown = 0

        def advance(done: int, of: int) -> None:
            nonlocal shown
            bar.update(task, completed=done, total=of)
            share = done * _SHARES // max(of, 1)
            if of >= _LEAST_FOR_LINES and not console.is_terminal and shown < share < _SHARES:
                shown = share
                console.print(f"{title}: {done:,} of {of:,} segments")

        yield advance
