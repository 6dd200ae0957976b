"""What was asked and what came back: requests, scenarios, targets, and the rounds of a closed and of an open loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Histogram = tuple[tuple[int, int], ...]
"""Latencies: pairs of microseconds and how many answers took so long, ascending, no count being 0."""


class Generator(StrEnum):
    """The program that makes the load."""

    WRK = "wrk"
    SIEGE = "siege"


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: ``GET`` or ``POST``.
        path: below the target's address, with the query string.
        body: JSON; empty for ``GET``.
    """

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Scenario:
    """A kind of search: its requests are put in turn."""

    name: str
    description: str
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Target:
    """What is measured.

    Attributes:
        name: ``django``, ``fastapi``, ``django-nginx``, ``fastapi-nginx`` or the NAME of ``--url``.
        address: without a path of its own but that of Nginx's route, without a slash at the end, without a password.
        service: ``django`` or ``fastapi`` where it is one of this site's, else ``None``.
        is_through_nginx: whether Nginx stands before it.
        host: the ``Host`` to ask for; ``None`` for that of the address.
    """

    name: str
    address: str
    service: str | None
    is_through_nginx: bool = False
    host: str | None = None


@dataclass(frozen=True)
class Round:
    """One run of the generator against one target: a closed loop, each connection asking again once it is answered.

    Attributes:
        number: from 1, in the order in which the rounds of this target and scenario were measured.
        command: what was run, as it can be typed into a shell.
        began: UTC, ISO 8601.
        seconds: of load, by the generator's own clock.
        requests: answers of any status that came in that time.
        non_2xx: those of them with another status than 2xx; in the histograms too, the generators tell no difference.
        timed_out: by wrk, those of ``requests`` whose answer came later than the time limit; in no histogram.
        socket_errors: by kind: ``connect``, ``read``, ``write``; siege tells no kinds, there it is ``failed``.
        bytes: received, with the headers for wrk, bodies alone for siege.
        statuses: answers by status; empty for siege, which does not say.
        latency_as_given: as the generator has it; wrk adds made-up samples. Empty for siege.
        latency: as it was measured, the made-up samples taken out. Empty for siege, which gives no histogram.
        latency_mean: seconds, as the generator says, where it gives no histogram; else ``None``.
        latency_longest: seconds, likewise.
    """

    target: str
    scenario: str
    generator: Generator
    connections: int
    threads: int
    number: int
    command: str
    began: str
    seconds: float
    requests: int
    non_2xx: int
    timed_out: int
    socket_errors: Mapping[str, int]
    bytes: int
    statuses: Mapping[str, int] = field(default_factory=dict)
    latency_as_given: Histogram = ()
    latency: Histogram = ()
    latency_mean: float | None = None
    latency_longest: float | None = None

    @property
    def succeeded(self) -> int:
        """Answers with 2xx in time: the only ones that count."""
        return max(0, self.requests - self.non_2xx - self.timed_out)

    @property
    def failed(self) -> int:
        """Requests that came to nothing, of every kind."""
        return self.non_2xx + self.timed_out + sum(self.socket_errors.values())

    @property
    def rate(self) -> float:
        """Answers with 2xx in time, a second."""
        return self.succeeded / self.seconds if self.seconds else 0.0

    @property
    def is_latency_clean(self) -> bool:
        """Whether the histogram holds answers with 2xx alone."""
        return bool(self.latency) and not self.non_2xx


@dataclass(frozen=True)
class Noise:
    """A/A: the same target twice, in the interleaved rounds in which two targets are compared.

    What differs between ``first`` and ``second`` is noise, and so is any difference between targets that is smaller.
    """

    target: str
    scenario: str
    first: tuple[Round, ...]
    second: tuple[Round, ...]


@dataclass(frozen=True)
class OpenLoopRound:
    """Requests at a fixed rate, whether or not those before are answered; latency counts from the intended start.

    Attributes:
        share: of the slower target's throughput in the closed loop: 0.5, 0.7, 0.9.
        rate_wanted: requests a second.
        rate_reached: requests a second that were sent.
        command: what was run, as it can be typed into a shell.
        began: UTC, ISO 8601.
        seconds: of load.
        requests: answers of any status.
        non_2xx: those of them with another status than 2xx; in the histogram too.
        failed: requests that came to nothing otherwise, by kind.
        latency: from the intended start to the last byte.
        lateness: from the intended start to the sending, of requests that found a free connection: the generator's own.
    """

    target: str
    scenario: str
    share: float
    rate_wanted: float
    rate_reached: float
    connections: int
    command: str
    began: str
    seconds: float
    requests: int
    non_2xx: int
    failed: Mapping[str, int]
    latency: Histogram
    lateness: Histogram = ()


@dataclass(frozen=True)
class Sweep:
    """How throughput and latency grow: with the connections on this catalog, and with the catalog.

    Attributes:
        connections: rounds with 1, 10, 50, 100, 500, 1000 connections.
        sizes: rounds by the number of parts in the catalog, with the connections of the main rounds.
    """

    connections: tuple[Round, ...] = ()
    sizes: tuple["SizeStep", ...] = ()


@dataclass(frozen=True)
class SizeStep:
    """The rounds on a catalog of so many parts."""

    parts: int
    rounds: tuple[Round, ...]
