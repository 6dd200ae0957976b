"""Our own searches on both releases at the same pace, where visitors do not make the samples that a step needs."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, cycle

from partsearch.deploy.searches import Search, ServicePort
from partsearch.deploy.watch import Kind, Sample, Side
from partsearch.operation.names import RELEASE_SERVICES, Slot
from partsearch.settings import Settings

LEAST_PACE = 4.0
FULL_PACE = 60.0
_SETTLE_SECONDS = 2.0
_DEAR_SECONDS = 0.25
_RESTS = 3.0
_SEARCHES_A_CONNECTION = 5
"""A connection leads to one worker of a service; the others are to be seen too."""
_THREADS = 8
"""On each side: a slow release, too, has to give enough samples to be seen to be slow."""


class Prober:
    """Searches in threads of their own, so that a release that hangs holds up nothing else.

    Attributes:
        pace: searches a second on each side; may be changed at any time.
    """

    def __init__(self, settings: Settings, slots: Mapping[Side, Slot], searches: Sequence[Search]) -> None:
        self.pace = LEAST_PACE
        self._settings = settings
        self._slots = slots
        self._searches = searches
        self._samples: deque[Sample] = deque()
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Prober"]:
        """Searches for the time of the block."""
        threads = [
            threading.Thread(target=self._search_on, args=(side, number), daemon=True)
            for side in Side
            for number in range(_THREADS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()

    def settle(self) -> None:
        """Searches for a while and forgets it: a release that has just started still opens connections and plans."""
        self.pace = FULL_PACE
        self._stop.wait(_SETTLE_SECONDS)
        self.read_new()

    def read_new(self) -> list[Sample]:
        """The samples since the last call."""
        return [self._samples.popleft() for _ in range(len(self._samples))]

    def _search_on(self, side: Side, number: int) -> None:
        service = RELEASE_SERVICES[number % len(RELEASE_SERVICES)]
        port = ServicePort(self._settings, service, self._slots[side])
        searches = cycle(self._searches)
        self._stop.wait(number / FULL_PACE)
        for turn in count(1):
            if self._stop.is_set():
                break
            began = time.monotonic()
            answer = port.search(next(searches))
            took = time.monotonic() - began
            # Who is turned away by a full queue is so because of all that is asked, and says nothing of the release.
            if not self._stop.is_set() and not answer.is_refused_by_queue:
                self._samples.append(Sample(side, Kind.PROBE, took, answer.is_error))
            if turn % _SEARCHES_A_CONNECTION == 0:
                port.close()
            self._stop.wait(pause(took, self.pace))
        port.close()


def pause(took: float, pace: float) -> float:
    """Return the seconds that a thread waits before its next search.

    Args:
        took: seconds of the search before. Where searches are dear, our own ones are not to keep visitors waiting.
        pace: searches a second of all threads of a side.
    """
    rest = _RESTS * took if took > _DEAR_SECONDS else 0.0
    return max(0.0, rest, _THREADS / pace - took)
