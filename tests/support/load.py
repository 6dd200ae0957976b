"""Steady load on a site from clients that never retry, with the outcome of every request."""

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
    """The outcome of a request: when it was sent and ended by ``time.monotonic()``, and its status or its error."""

    sent: float
    ended: float
    result: int | str


@dataclass
class Load:
    """Requests from several clients over keep-alive connections, half of them POST and half GET.

    Args:
        url: of the site or of a service.
        clients: how many requests run at a time.
        pause: seconds between two requests of a client; with 0 the clients keep every core busy.
    """

    url: str
    clients: int = 8
    pause: float = 0
    outcomes: list[Outcome] = field(default_factory=list)
    _under_way: dict[int, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Send requests for the block."""
        threads = [threading.Thread(target=self._ask_until_stopped, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _ask_until_stopped(self, number: int) -> None:
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
        """Return the number of requests by status or error."""
        return Counter(outcome.result for outcome in self.outcomes)

    def failed(self) -> list[Outcome]:
        """Return the requests that were not answered with 200."""
        return [outcome for outcome in self.outcomes if outcome.result != 200]

    def answered_since(self, moment: float) -> int:
        """Return how many requests sent after ``moment`` were answered with 200."""
        return sum(1 for outcome in self.outcomes if outcome.sent > moment and outcome.result == 200)

    def has_ended_before(self, moment: float) -> bool:
        """Return whether every request sent before ``moment`` has ended."""
        return all(sent > moment for sent in list(self._under_way.values()))
