"""The clients of the long test, in a process of their own. None of them ever retries, and every request counts.

Some send requests quickly, half of them by POST. Some leave their connection idle and then use it without a check
whether the server has closed it. Some send requests that take seconds.
"""

import http.client
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

QUICK_CLIENTS, IDLE_CLIENTS = 8, 6
QUICK_PAUSE_SECONDS = 0.04
LONGEST_IDLE_SECONDS = 9.0
"""Longer than services keep an idle connection by default: 2 s and 5 s."""
SLOW_QUERY = "page=99"
"""Such a request takes one to five seconds, on every release of the test."""
_SLOW_PATHS = ("/fastapi/search/part/", "/fastapi/search/part/", "/django/search/part/")
"""One slow client each. A slow request holds one of the three threads of a Django worker: with three of them in one
worker the others would wait for longer than a second there, and be rejected without any deployment.
"""
_PATHS = ("/search/part/", "/django/search/part/", "/fastapi/search/part/", "/search/part/", "/mark/", "/")
_SEARCHING = "/search/part/"
_SECONDS = 40
_BODIES: tuple[dict[str, object], ...] = (
    {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный"}},
    {"part_name": "фара"},
    {},
    {"producer_country_name": "Япония", "params": {"is_new_part": True}},
)


class Kind(StrEnum):
    """The kind of the client."""

    QUICK = "quick"
    IDLE = "idle"
    SLOW = "slow"


@dataclass(frozen=True)
class Outcome:
    """The outcome of one request: its begin and end by ``time.monotonic()``, and its status or its error."""

    kind: Kind
    sent: float
    ended: float
    result: int | str

    @property
    def is_lost(self) -> bool:
        """Return whether the client got no response, or an error."""
        return self.result != 200


@dataclass
class Outcomes:
    """The outcomes of all requests; complete when the clients have stopped."""

    requests: list[Outcome] = field(default_factory=list)

    def lost(self) -> list[Outcome]:
        """Return the requests without a response of status 200."""
        return [outcome for outcome in self.requests if outcome.is_lost]

    def results(self) -> dict[str, int]:
        """Return the number of lost requests by kind and error."""
        return dict(Counter(f"{outcome.kind}: {outcome.result}" for outcome in self.lost()))

    def number(self, kind: Kind) -> int:
        """Return the number of requests of a kind."""
        return sum(outcome.kind is kind for outcome in self.requests)

    def quick_seconds(self, spans: Iterable[tuple[float, float]]) -> list[float]:
        """Return the latencies of the quick requests that were sent within these spans."""
        wanted = list(spans)
        return [
            outcome.ended - outcome.sent
            for outcome in self.requests
            if outcome.kind is Kind.QUICK and any(begin <= outcome.sent < end for begin, end in wanted)
        ]


@contextmanager
def running_clients(url: str) -> Iterator[Outcomes]:
    """Run clients of the site at ``url`` during the block; their outcomes are complete after it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_ask, args=(url, theirs), daemon=True)
    process.start()
    theirs.close()
    outcomes = Outcomes()
    try:
        yield outcomes
    finally:
        ours.send("stop")
        assert ours.poll(2 * _SECONDS), "the clients do not stop"
        outcomes.requests += ours.recv()
        process.join(_SECONDS)


def _ask(url: str, site: Connection) -> None:
    stop = threading.Event()
    outcomes: list[Outcome] = []
    runs: list[Callable[[int], None]] = []
    for kind, number in ((Kind.QUICK, QUICK_CLIENTS), (Kind.IDLE, IDLE_CLIENTS)):
        runs += [_Client(url, kind, outcomes, stop).run] * number
    runs += [_Client(url, Kind.SLOW, outcomes, stop, f"{path}?{SLOW_QUERY}").run for path in _SLOW_PATHS]
    threads = [threading.Thread(target=run, args=(number,)) for number, run in enumerate(runs)]
    for thread in threads:
        thread.start()
    site.recv()
    stop.set()
    for thread in threads:
        thread.join()
    site.send(outcomes)


@dataclass
class _Client:
    """A client with a keep-alive connection. A request on a broken connection is lost."""

    url: str
    kind: Kind
    outcomes: list[Outcome]
    stop: threading.Event
    path: str = ""
    """The only path that it requests; without one it requests each path in turn."""

    def run(self, number: int) -> None:
        connection = self._connection()
        while not self.stop.is_set():
            number += 1
            sent = time.monotonic()
            result = self._ask(connection, number)
            self.outcomes.append(Outcome(self.kind, sent, time.monotonic(), result))
            self.stop.wait(self._pause())
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_SECONDS)
        connection.connect()
        # Without auto_open a request on a closed connection is lost, and not sent again on a new one.
        connection.auto_open = 0
        return connection

    def _ask(self, connection: http.client.HTTPConnection, number: int) -> int | str:
        method, path, body = self._request(number)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            answer.read()
            if answer.will_close:
                connection.connect()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            connection.connect()
            return type(error).__name__
        return answer.status

    def _request(self, number: int) -> tuple[str, str, bytes | None]:
        if self.path:
            return "GET", self.path, None
        path = _PATHS[number % len(_PATHS)]
        if path.endswith(_SEARCHING) and number % 3:
            return "POST", path, json.dumps(_BODIES[number % len(_BODIES)]).encode()
        return "GET", path, None

    def _pause(self) -> float:
        if self.kind is Kind.QUICK:
            return random.uniform(0, 2 * QUICK_PAUSE_SECONDS)
        return random.uniform(0, LONGEST_IDLE_SECONDS) if self.kind is Kind.IDLE else 0
