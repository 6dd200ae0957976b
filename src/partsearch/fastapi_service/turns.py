"""The queue of searches in one process: how many run at a time, whose turn is next, and who has waited too long.

A client address has a share of the turns. Those of its searches that are beyond the share stand aside, and join the
queue one at a time as its searches end. An address that asks a thousand times at once delays the others by its share.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from partsearch.contract.errors import address_busy, service_busy
from partsearch.contract.limits import QUEUE_SECONDS
from partsearch.database.progress import search_progress

_Turn = asyncio.Future[None]


class Turns:
    """A fair queue: at most ``most`` searches run, at most ``most_per_client`` of one client.

    Args:
        most: how many searches may run at a time.
        most_per_client: how many of them may belong to one client.
        is_database_away: whether the searches that run wait for the database itself. The time limit of the queue does
            not count that: whoever waits for a database that restarts or wakes has another one.
    """

    def __init__(self, most: int, most_per_client: int, is_database_away: Callable[[], bool]) -> None:
        self._free = self._most = most
        self._most_per_client = most_per_client
        self._is_database_away = is_database_away
        self._of_client: Counter[str] = Counter()
        self._waiting: OrderedDict[_Turn, tuple[str | None, float]] = OrderedDict()
        self._next: OrderedDict[_Turn, None] = OrderedDict()
        self._aside: dict[str, OrderedDict[_Turn, None]] = {}
        self._counted_from = 0.0
        self._refusing: asyncio.TimerHandle | None = None
        self.unclaimed = 0
        """How many turns are given to searches that have not gone on yet."""

    @property
    def running(self) -> int:
        """How many turns are taken."""
        return self._most - self._free

    async def take(self, client: str | None) -> None:
        """Return when it is the caller's turn, who gives it back with ``give_back``.

        Args:
            client: whose share of the turns it counts for; ``None``: nobody's.

        Raises:
            ProblemError: 503 or, where only the client's own share was in the way, 429, after ``QUEUE_SECONDS``.
        """
        # While a turn is free, whoever waits is kept waiting by the share of its own client.
        if self._free and self._claims_share(client):
            self._free -= 1
            return
        turn = self._stand_in_line(client)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._leave(turn)
            elif not turn.cancelled() and turn.exception() is None:
                self.unclaimed -= 1
                self.give_back(client)
            raise
        self.unclaimed -= 1

    def give_back(self, client: str | None) -> bool:
        """Take back a turn; return whether it went to a search that waited for it."""
        self._free += 1
        if client is not None:
            self._return_share(client)
        return self._give_next()

    def restart_clock(self) -> None:
        """Note that the database is back: those who wait have their whole time from now on."""
        self._counted_from = time.monotonic()

    def _claims_share(self, client: str | None) -> bool:
        """Whether one more turn of ``client`` is within its share, and if so, counts it."""
        if client is None:
            return True
        if self._of_client[client] >= self._most_per_client:
            return False
        self._of_client[client] += 1
        return True

    def _return_share(self, client: str) -> None:
        aside = self._aside.get(client)
        if aside:
            self._next[self._pop_aside(client, aside)] = None
            return
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]

    def _pop_aside(self, client: str, aside: OrderedDict[_Turn, None]) -> _Turn:
        turn, _ = aside.popitem(last=False)
        if not aside:
            del self._aside[client]
        return turn

    def _stand_in_line(self, client: str | None) -> _Turn:
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting[turn] = client, time.monotonic()
        if self._free or not self._claims_share(client):
            assert client is not None  # noqa: S101
            self._aside.setdefault(client, OrderedDict())[turn] = None
        else:
            self._next[turn] = None
        if self._refusing is None:
            self._refusing = loop.call_later(QUEUE_SECONDS, self._refuse_late)
        return turn

    def _give_next(self) -> bool:
        while self._free and self._next:
            turn, _ = self._next.popitem(last=False)
            client, _ = self._waiting.pop(turn)
            if turn.cancelled():
                # It has not come round to leaving yet.
                if client is not None:
                    self._return_share(client)
                continue
            self._free -= 1
            self.unclaimed += 1
            turn.set_result(None)
            return True
        return False

    def _leave(self, turn: _Turn) -> bool:
        """Take ``turn`` out of the queue; return whether only its client's share was in its way."""
        client, _ = self._waiting.pop(turn)
        if turn in self._next:
            del self._next[turn]
            if client is not None:
                self._return_share(client)
            return False
        assert client is not None  # noqa: S101
        aside = self._aside[client]
        del aside[turn]
        if not aside:
            del self._aside[client]
        return True

    def _refuse_late(self) -> None:
        """Refuse those who have waited too long; look again when the next one has."""
        self._refusing = None
        now = time.monotonic()
        if self._is_database_away():
            self._counted_from = now
        while self._waiting:
            turn, (_, came) = next(iter(self._waiting.items()))
            left = max(came, self._counted_from) + QUEUE_SECONDS - now
            if left > 0:
                self._refusing = asyncio.get_running_loop().call_later(left, self._refuse_late)
                return
            self._refuse(turn)

    def _refuse(self, turn: _Turn) -> None:
        only_by_share = self._leave(turn)
        if turn.cancelled():
            return
        if only_by_share:
            turn.set_exception(address_busy())
        else:
            search_progress.record_rejection()
            turn.set_exception(service_busy())
