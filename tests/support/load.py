"""Steady load on a site from clients that never retry, and what became of every single request."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

_BODIES = (
    {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный"}},
    {"part_name": "фара"},
    {},
    {"producer_country_name": "Япония", "params": {"is_new_part": True}},
)


@dataclass(frozen=True)
class Outcome:
    """What one request came to: when it was sent and ended, in ``time.monotonic()``, and its status or its error."""

    sent: float
    ended: float
    result: int | str


@dataclass
class Load:
    """Requests from several clients; half of them POST, half GET, all over keep-alive connections.

    Args:
        url: of the site or of a service.
        clients: how many ask at a time.
        pause: seconds that each of them waits between two requests: without one they keep every core busy.
    """

    url: str
    clients: int = 8
    pause: float = 0
    outcomes: list[Outcome] = field(default_factory=list)
    _under_way: dict[int, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Load for the time of the block."""
        threads = [threading.Thread(target=self._ask_on, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _ask_on(self, number: int) -> None:
        client = httpx.Client(timeout=20, limits=httpx.Limits(max_keepalive_connections=1))
        while not self._stop.wait(self.pause):
            number += 1
            sent = self._under_way[threading.get_ident()] = time.monotonic()
            result = self._ask(client, number)
            self.outcomes.append(Outcome(sent, time.monotonic(), result))
        self._under_way.pop(threading.get_ident(), None)
        client.close()

    def _ask(self, client: httpx.Client, number: int) -> int | str:
        address = f"{self.url}/search/part/"
        try:
            if number % 2:
                return client.post(address, json=_BODIES[number % len(_BODIES)]).status_code
            return client.get(address).status_code
        except httpx.HTTPError as error:
            return type(error).__name__

    def results(self) -> Counter[int | str]:
        """How many requests came to what."""
        return Counter(outcome.result for outcome in self.outcomes)

    def failed(self) -> list[Outcome]:
        """The requests that were not answered 200."""
        return [outcome for outcome in self.outcomes if outcome.result != 200]

    def answered_since(self, moment: float) -> int:
        """How many requests that were sent after ``moment`` have been answered 200."""
        return sum(1 for outcome in self.outcomes if outcome.sent > moment and outcome.result == 200)

    def is_done_with(self, moment: float) -> bool:
        """Whether every request that was sent before ``moment`` has ended."""
        return all(sent > moment for sent in list(self._under_way.values()))
