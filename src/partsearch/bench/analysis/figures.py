"""The figures of a target in a scenario: medians with ranges over its rounds, its failures, and what it cost."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from partsearch.bench.analysis.histogram import concurrency, longest, mean, percentile
from partsearch.bench.analysis.statistics import Spread, spread
from partsearch.bench.record import Budget, Round, Run

PERCENTILES = (50.0, 95.0, 99.0)
NOT_THE_SITE = ("generator", "other", "idle", "steal")


@dataclass(frozen=True)
class Figures:
    """What the rounds of a target in a scenario say together.

    Attributes:
        connections: that asked at a time.
        rounds: how many there were.
        rate: answers with 2xx a second.
        latency: seconds, by percentile; empty where the generator gives no histogram.
        mean: of the latency, seconds.
        longest: latency of all rounds, seconds.
        concurrency: requests under way at a time, by Little's law.
        requests: of all rounds, with those that failed.
        failures: how many requests came to nothing, by kind; empty where none did.
    """

    target: str
    scenario: str
    connections: int
    rounds: int
    rate: Spread
    latency: dict[float, Spread]
    mean: Spread | None
    longest: float | None
    concurrency: Spread | None
    requests: int
    failures: dict[str, int]

    @property
    def failed(self) -> int:
        """Requests that came to nothing, of every kind."""
        return sum(self.failures.values())

    @property
    def failed_share(self) -> float:
        """The share of the requests that came to nothing."""
        return self.failed / self.requests if self.requests else 0.0


@dataclass(frozen=True)
class Cost:
    """What the rounds of a target in a scenario took of the machine.

    Attributes:
        cpu: cores in use at a time on average, by who used them; see :class:`partsearch.bench.record.Budget`.
        cpu_per_request: CPU seconds of one request, likewise.
        memory_bytes: the most that was resident, likewise.
        network_bytes_per_request: over the loopback interface.
    """

    target: str
    scenario: str
    cpu: dict[str, float]
    cpu_per_request: dict[str, float]
    memory_bytes: dict[str, int]
    network_bytes_per_request: float

    @property
    def of_the_site(self) -> float:
        """CPU seconds that one request takes of the site: the services, PostgreSQL and Nginx."""
        return sum(used for who, used in self.cpu_per_request.items() if who not in NOT_THE_SITE)


def figures(rounds: Sequence[Round]) -> Figures:
    """The figures of at least one round; all of the same target, scenario and number of connections."""
    first = rounds[0]
    by_percentile = {percent: _spread(rounds, _latency_at(percent)) for percent in PERCENTILES}
    return Figures(
        target=first.target,
        scenario=first.scenario,
        connections=first.connections,
        rounds=len(rounds),
        rate=spread([one.rate for one in rounds]),
        latency={percent: found for percent, found in by_percentile.items() if found},
        mean=_spread(rounds, _mean),
        longest=max(filter(None, map(_longest, rounds)), default=None),
        concurrency=_spread(rounds, concurrency),
        requests=sum(one.requests + one.failed - one.non_2xx for one in rounds),
        failures=_failures(rounds),
    )


def figures_of(run: Run, target: str, scenario: str) -> Figures | None:
    """The figures of a target in a scenario of a run; ``None`` where the run was stopped before their first round."""
    rounds = run.rounds_of(target, scenario)
    return figures(rounds) if rounds else None


def cost_of(run: Run, target: str, scenario: str) -> Cost | None:
    """What the main rounds of a target in a scenario took of the machine; ``None`` where nobody watched."""
    watched = [
        one
        for one in run.budget
        if (one.target, one.scenario, one.connections) == (target, scenario, run.settings.connections)
    ]
    seconds, requests = sum(one.seconds for one in watched), sum(one.requests for one in watched)
    if not seconds or not requests:
        return None
    cpu = _summed(watched)
    return Cost(
        target=target,
        scenario=scenario,
        cpu={who: used / seconds for who, used in cpu.items()},
        cpu_per_request={who: used / requests for who, used in cpu.items()},
        memory_bytes={who: max(one.memory_bytes.get(who, 0) for one in watched) for who in watched[0].memory_bytes},
        network_bytes_per_request=sum(one.network_bytes for one in watched) / requests,
    )


def warnings_by_advice(run: Run) -> dict[str, list[str]]:
    """What makes the numbers less believable, by what to do about it."""
    warnings: dict[str, list[str]] = {}
    for one in run.warnings:
        warnings.setdefault(one.advice, []).append(one.what)
    return warnings


def statements_of(run: Run, figures: Figures) -> str:
    """How many SQL statements one request takes, for people; ``?`` where nobody knows."""
    counts = (
        one.statements
        for one in run.truth.statements
        if (one.target, one.scenario) == (figures.target, figures.scenario)
    )
    found = next(counts, None)
    return "?" if found is None else f"{found:.3g}"


def _summed(watched: Iterable[Budget]) -> dict[str, float]:
    """CPU seconds of all rounds by who used them, in the order of the first."""
    summed: dict[str, float] = {}
    for budget in watched:
        for who, used in budget.cpu_seconds.items():
            summed[who] = summed.get(who, 0.0) + used
    return summed


def _spread(rounds: Iterable[Round], figure: Callable[[Round], float | None]) -> Spread | None:
    known = [found for found in map(figure, rounds) if found is not None]
    return spread(known) if known else None


def _latency_at(percent: float) -> Callable[[Round], float | None]:
    return lambda one: percentile(one.latency, percent)


def _mean(one: Round) -> float | None:
    return mean(one.latency) if one.latency else one.latency_mean


def _longest(one: Round) -> float | None:
    return longest(one.latency) if one.latency else one.latency_longest


def _failures(rounds: Iterable[Round]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for one in rounds:
        counts.update({"non-2xx": one.non_2xx, "timed out": one.timed_out, **_socket_errors(one)})
    return {kind: count for kind, count in counts.items() if count}


def _socket_errors(one: Round) -> dict[str, int]:
    return {f"socket {kind}": count for kind, count in one.socket_errors.items()}
