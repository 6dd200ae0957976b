"""The pace of long work beside searches: it leaves them as much time as it takes, and ends soon when it has to."""

import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import TypeVar

Item = TypeVar("Item")
Pause = Callable[[], None]

SLICE = 250
"""So many words are worked on between two pauses: that takes about a millisecond."""

_WORK_SECONDS = 0.001
_LONGEST_PAUSE_SECONDS = 0.05


class StoppedError(Exception):
    """The work was stopped before its end."""


class Pace:
    """Pauses of a thread that works beside others: a thread that runs Python keeps all others from doing so.

    Args:
        stopped: ends the work at its next pause.
    """

    def __init__(self, stopped: Event) -> None:
        self._stopped = stopped
        self._since = time.perf_counter()

    def __call__(self) -> None:
        """Wait as long as the work since the last pause has taken, if that was a millisecond or more.

        Raises:
            StoppedError: the work has to end.
        """
        worked = time.perf_counter() - self._since
        if worked < _WORK_SECONDS:
            return
        if self._stopped.wait(min(worked, _LONGEST_PAUSE_SECONDS)):
            raise StoppedError
        self._since = time.perf_counter()


def no_pause() -> None:
    """Go on at once."""


def slices(items: Sequence[Item], pause: Pause, size: int = SLICE) -> Iterator[tuple[int, Sequence[Item]]]:
    """Yield the items in slices, with the number of the first one, and a pause after each slice."""
    for start in range(0, len(items), size):
        yield start, items[start : start + size]
        pause()
