"""The load: requests, scenarios, targets, and the rounds of the closed and of the open loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Histogram = tuple[tuple[int, int], ...]
"""Latencies: pairs of microseconds and a number of answers above 0, in ascending order."""


class Generator(StrEnum):
    """The program that generates the load."""

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
    """A kind of search. Its requests are sent in turn."""

    name: str
    description: str
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Target:
    """A service at an address, which a run measures.

    Attributes:
        name: ``django``, ``fastapi``, ``django-nginx``, ``fastapi-nginx``, ``django-plain``, ``fastapi-plain`` or the
            NAME of ``--url``.
        address: the URL without a slash at the end and without a password; its path is that of the route through Nginx.
        service: ``django``, ``fastapi``, ``django-plain`` or ``fastapi-plain`` of this site, else ``None``.
        is_through_nginx: whether the route goes through Nginx.
        host: the header ``Host`` of the requests; ``None`` for the host of the address.
    """

    name: str
    address: str
    service: str | None
    is_through_nginx: bool = False
    host: str | None = None


@dataclass(frozen=True)
class Round:
    """One run of the generator against one target: a closed loop, where each answer triggers the next request.

    Attributes:
        number: from 1, in the order of the rounds of this target and scenario.
        command: the command of the generator, for a shell.
        began: UTC, ISO 8601.
        seconds: seconds of load by the clock of the generator.
        requests: answers of any status in that time.
        non_2xx: answers with a status other than 2xx. The histograms include them: the generators do not separate them.
        timed_out: of wrk, answers later than the timeout; in no histogram.
        socket_errors: by kind: ``connect``, ``read``, ``write``; of siege, which has no kinds, ``failed``.
        bytes: received bytes; with the headers for wrk, bodies alone for siege.
        statuses: answers by status; empty for siege, which does not report them.
        latency_as_given: the histogram of the generator, with the samples that wrk adds. Empty for siege.
        latency: the measured histogram, without the samples that wrk adds. Empty for siege.
        latency_mean: mean seconds as the generator reports them where it has no histogram; else ``None``.
        latency_longest: longest seconds, likewise.
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
        """Return the number of answers with 2xx within the timeout."""
        return max(0, self.requests - self.non_2xx - self.timed_out)

    @property
    def failed(self) -> int:
        """Return the number of failed requests of every kind."""
        return self.non_2xx + self.timed_out + sum(self.socket_errors.values())

    @property
    def rate(self) -> float:
        """Return the answers with 2xx within the timeout per second."""
        return self.succeeded / self.seconds if self.seconds else 0.0

    @property
    def is_latency_clean(self) -> bool:
        """Return whether the histogram holds only answers with 2xx."""
        return bool(self.latency) and not self.non_2xx


@dataclass(frozen=True)
class Noise:
    """A/A: the same target measured as if it were two targets, in interleaved rounds.

    The difference between ``first`` and ``second`` is noise. A smaller difference between targets is noise too.
    """

    target: str
    scenario: str
    first: tuple[Round, ...]
    second: tuple[Round, ...]


@dataclass(frozen=True)
class OpenLoopRound:
    """Requests at a fixed rate that do not wait for earlier answers; latency counts from the intended start.

    Attributes:
        share: the rate as a share of the slower target's closed-loop throughput: 0.5, 0.7, 0.9.
        rate_wanted: intended requests per second.
        rate_reached: sent requests per second.
        command: the command of the generator, for a shell.
        began: UTC, ISO 8601.
        seconds: seconds of load.
        requests: answers of any status.
        non_2xx: answers with a status other than 2xx; the histogram includes them.
        failed: requests without an answer, by kind.
        latency: from the intended start to the last byte.
        lateness: from the intended start to the sending, of requests that found a free connection: the delay of the
            generator itself.
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
    """Rounds with other numbers of connections, and on catalogs of other sizes.

    Attributes:
        connections: rounds with 1, 10, 50, 100, 500 and 1000 connections.
        sizes: rounds by the number of parts, with the connections of the main rounds.
    """

    connections: tuple[Round, ...] = ()
    sizes: tuple["SizeStep", ...] = ()


@dataclass(frozen=True)
class SizeStep:
    """The rounds on a catalog of ``parts`` parts."""

    parts: int
    rounds: tuple[Round, ...]
