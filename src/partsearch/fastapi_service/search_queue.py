"""The fair queue of searches in one process: how many run at a time, which is next, which have waited too long.

Each client has a share of the running searches. Searches beyond the share wait outside of the queue, and enter it one
at a time as the client's searches end. A client that sends a thousand searches at once delays others by its share.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from partsearch.contract.errors import ProblemError, address_busy, service_busy
from partsearch.contract.limits import QUEUE_SECONDS
from partsearch.database.progress import search_progress

_Waiter = asyncio.Future[None]


def _search_rejected() -> ProblemError:
    """Note for ``/healthz`` that a search is rejected, and return the problem."""
    search_progress.record_rejection()
    return service_busy()


class SearchQueue:
    """A fair queue: at most ``limit`` searches run, and at most ``client_limit`` of one client.

    Args:
        limit: how many searches may run at a time.
        client_limit: how many of them may belong to one client.
        is_database_away: whether the running searches wait for the database itself. That time does not count as time
            in the queue: a search that waits for a database that restarts or wakes has a longer time limit.
        rejected: returns the problem of a search that has waited too long for others.
    """

    def __init__(
        self,
        limit: int,
        client_limit: int,
        is_database_away: Callable[[], bool],
        rejected: Callable[[], ProblemError] = _search_rejected,
    ) -> None:
        self._rejected = rejected
        self._free = self._limit = limit
        self._client_limit = client_limit
        self._is_database_away = is_database_away
        self._of_client: Counter[str] = Counter()
        self._waiting: OrderedDict[_Waiter, tuple[str | None, float]] = OrderedDict()
        self._next: OrderedDict[_Waiter, None] = OrderedDict()
        self._over_share: dict[str, OrderedDict[_Waiter, None]] = {}
        self._counted_from = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.unclaimed = 0
        """How many searches may run but have not continued yet."""

    @property
    def running(self) -> int:
        """Return how many searches may run."""
        return self._limit - self._free

    async def acquire(self, client: str | None) -> None:
        """Wait until the caller may run its search. It calls ``release`` when the search has ended.

        Args:
            client: the client whose share it counts for, or None for no client.

        Raises:
            ProblemError: after ``QUEUE_SECONDS``: 503, or 429 if only the client's own share was used up.
        """
        # While a search may run, the searches that wait are all over the share of their client.
        if self._free and self._claim_share(client):
            self._free -= 1
            return
        waiter = self._enqueue(client)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._remove(waiter)
            elif not waiter.cancelled() and waiter.exception() is None:
                self.unclaimed -= 1
                self.release(client)
            raise
        self.unclaimed -= 1

    def release(self, client: str | None) -> bool:
        """End a search, and return whether a search that waited may run now."""
        self._free += 1
        if client is not None:
            self._release_share(client)
        return self._start_next()

    def restart_clock(self) -> None:
        """Note that the database is back: the searches that wait have their whole time limit from now on."""
        self._counted_from = time.monotonic()

    def _claim_share(self, client: str | None) -> bool:
        """Count one more search of ``client`` and return True, unless its share is used up."""
        if client is None:
            return True
        if self._of_client[client] >= self._client_limit:
            return False
        self._of_client[client] += 1
        return True

    def _release_share(self, client: str) -> None:
        over_share = self._over_share.get(client)
        if over_share:
            self._next[self._pop_over_share(client, over_share)] = None
            return
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]

    def _pop_over_share(self, client: str, over_share: OrderedDict[_Waiter, None]) -> _Waiter:
        waiter, _ = over_share.popitem(last=False)
        if not over_share:
            del self._over_share[client]
        return waiter

    def _enqueue(self, client: str | None) -> _Waiter:
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting[waiter] = client, time.monotonic()
        if self._free or not self._claim_share(client):
            assert client is not None  # noqa: S101
            self._over_share.setdefault(client, OrderedDict())[waiter] = None
        else:
            self._next[waiter] = None
        if self._timer is None:
            self._timer = loop.call_later(QUEUE_SECONDS, self._reject_overdue)
        return waiter

    def _start_next(self) -> bool:
        while self._free and self._next:
            waiter, _ = self._next.popitem(last=False)
            client, _ = self._waiting.pop(waiter)
            if waiter.cancelled():
                # Its task has not run since the cancellation.
                if client is not None:
                    self._release_share(client)
                continue
            self._free -= 1
            self.unclaimed += 1
            waiter.set_result(None)
            return True
        return False

    def _remove(self, waiter: _Waiter) -> bool:
        """Remove ``waiter`` from the queue, and return whether it waited for its client's share alone."""
        client, _ = self._waiting.pop(waiter)
        if waiter in self._next:
            del self._next[waiter]
            if client is not None:
                self._release_share(client)
            return False
        assert client is not None  # noqa: S101
        over_share = self._over_share[client]
        del over_share[waiter]
        if not over_share:
            del self._over_share[client]
        return True

    def _reject_overdue(self) -> None:
        """Reject the searches that have waited too long, and set the timer for the next one."""
        self._timer = None
        now = time.monotonic()
        if self._is_database_away():
            self._counted_from = now
        while self._waiting:
            waiter, (_, arrived) = next(iter(self._waiting.items()))
            left = max(arrived, self._counted_from) + QUEUE_SECONDS - now
            if left > 0:
                self._timer = asyncio.get_running_loop().call_later(left, self._reject_overdue)
                return
            self._reject(waiter)

    def _reject(self, waiter: _Waiter) -> None:
        is_over_share = self._remove(waiter)
        if waiter.cancelled():
            return
        if is_over_share:
            waiter.set_exception(address_busy())
        else:
            waiter.set_exception(self._rejected())
