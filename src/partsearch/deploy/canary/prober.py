"""The prober: our own searches on both releases at the same rate, for steps in which users send too few requests."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, cycle, islice

from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample
from partsearch.deploy.canary.service_client import Search, ServiceClient
from partsearch.operation.names import RELEASE_SERVICES, Slot
from partsearch.settings import Settings

MINIMUM_RATE = 4.0
MAXIMUM_RATE = 60.0
_WARM_UP_SECONDS = 2.0
_SLOW_SEARCH_SECONDS = 0.1
_PAUSE_RATIO = 7.0
_SEARCHES_A_CONNECTION = 5
"""A connection leads to one worker of a service; the other workers need to be probed too."""
_THREADS = 8
"""For each release: a slow release, too, must give enough samples to be recognised as slow."""


class Prober:
    """Searches in threads of its own, so that a release that hangs blocks nothing else.

    Attributes:
        rate: searches a second on each release; may be changed at any time.
    """

    def __init__(self, settings: Settings, slots: Mapping[ReleaseRole, Slot], searches: Sequence[Search]) -> None:
        self.rate = MINIMUM_RATE
        self._settings = settings
        self._slots = slots
        self._searches = searches
        self._samples: deque[Sample] = deque()
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Prober"]:
        """Search for the duration of the block."""
        threads = [
            threading.Thread(target=self._run, args=(role, number), daemon=True)
            for role in ReleaseRole
            for number in range(_THREADS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()

    def warm_up(self) -> None:
        """Search for two seconds and discard the samples: a release that has just started opens connections first."""
        self.rate = MAXIMUM_RATE
        self._stop.wait(_WARM_UP_SECONDS)
        self.read_new()

    def read_new(self) -> list[Sample]:
        """Return the samples since the last call."""
        return [self._samples.popleft() for _ in range(len(self._samples))]

    def _run(self, role: ReleaseRole, number: int) -> None:
        service = RELEASE_SERVICES[number % len(RELEASE_SERVICES)]
        client = ServiceClient(self._settings, service, self._slots[role])
        searches = searches_of_thread(self._searches, number)
        self._stop.wait(number / MAXIMUM_RATE)
        for turn in count(1):
            if self._stop.is_set():
                break
            began = time.monotonic()
            response = client.search(next(searches))
            seconds = time.monotonic() - began
            # A search that a full queue rejects is the effect of the load, and says nothing about the release.
            if not self._stop.is_set() and not response.is_rejected_by_queue:
                self._samples.append(Sample(role, Origin.PROBE, seconds, response.is_error))
            if turn % _SEARCHES_A_CONNECTION == 0:
                client.close()
            self._stop.wait(pause_seconds(seconds, self.rate))
        client.close()


def searches_of_thread(searches: Sequence[Search], number: int) -> Iterator[Search]:
    """Yield the searches in turn, without end. Each thread begins with another one: one may be by far the slowest.

    Args:
        searches: at least one.
        number: that of the thread.
    """
    return islice(cycle(searches), number, None)


def pause_seconds(search_seconds: float, rate: float) -> float:
    """Return how long a thread waits before its next search.

    Args:
        search_seconds: the duration of the last search. After a slow one the thread waits longer, so that probes do
            not delay users.
        rate: searches a second of all threads on a release.
    """
    rest = _PAUSE_RATIO * search_seconds if search_seconds > _SLOW_SEARCH_SECONDS else 0.0
    return max(0.0, rest, _THREADS / rate - search_seconds)
