"""The figures of a target in a scenario: medians with ranges over its rounds, its failures and its cost."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from partsearch.bench.analysis.histogram import concurrency, longest, mean, percentile
from partsearch.bench.analysis.statistics import Spread, spread
from partsearch.bench.record import Budget, Round, Run

PERCENTILES = (50.0, 95.0, 99.0)
_NOT_OF_THE_SITE = ("generator", "other", "idle", "steal")


@dataclass(frozen=True)
class Figures:
    """The figures of all rounds of a target in a scenario.

    Attributes:
        connections: the number of connections.
        rounds: the number of rounds.
        rate: answers with 2xx per second.
        latency: seconds, by percentile; empty where the generator has no histogram.
        mean: the mean latency in seconds.
        longest: the longest latency of all rounds in seconds.
        concurrency: concurrent requests by Little's law.
        requests: all requests of the rounds, failed ones included.
        failures: the number of failed requests by kind; empty without failures.
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
        """Return the number of failed requests of every kind."""
        return sum(self.failures.values())

    @property
    def failed_share(self) -> float:
        """Return the share of the requests that failed."""
        return self.failed / self.requests if self.requests else 0.0


@dataclass(frozen=True)
class Cost:
    """The resources that the rounds of a target in a scenario used.

    Attributes:
        cpu: the mean number of used cores by process group; see :class:`partsearch.bench.record.Budget`.
        cpu_per_request: CPU seconds per request, likewise.
        memory_bytes: the most resident memory, likewise.
        network_bytes_per_request: bytes over the loopback interface.
    """

    target: str
    scenario: str
    cpu: dict[str, float]
    cpu_per_request: dict[str, float]
    memory_bytes: dict[str, int]
    network_bytes_per_request: float

    @property
    def of_the_site(self) -> float:
        """Return the CPU seconds per request of the site: the services, PostgreSQL and Nginx."""
        return sum(used for group, used in self.cpu_per_request.items() if group not in _NOT_OF_THE_SITE)


def figures(rounds: Sequence[Round]) -> Figures:
    """Return the figures of at least one round; all of one target, scenario and number of connections."""
    first = rounds[0]
    by_percentile = {percent: _spread(rounds, _latency_at(percent)) for percent in PERCENTILES}
    return Figures(
        target=first.target,
        scenario=first.scenario,
        connections=first.connections,
        rounds=len(rounds),
        rate=spread([round_.rate for round_ in rounds]),
        latency={percent: values for percent, values in by_percentile.items() if values},
        mean=_spread(rounds, _mean),
        longest=max(filter(None, map(_longest, rounds)), default=None),
        concurrency=_spread(rounds, concurrency),
        requests=sum(round_.requests + round_.failed - round_.non_2xx for round_ in rounds),
        failures=_failures(rounds),
    )


def figures_of(run: Run, target: str, scenario: str) -> Figures | None:
    """Return the figures of a target in a scenario; ``None`` where the run was stopped before their first round."""
    rounds = run.rounds_of(target, scenario)
    return figures(rounds) if rounds else None


def cost_of(run: Run, target: str, scenario: str) -> Cost | None:
    """Return the cost of the main rounds of a target in a scenario; ``None`` where it was not observed."""
    watched = [
        budget
        for budget in run.budget
        if (budget.target, budget.scenario, budget.connections) == (target, scenario, run.settings.connections)
    ]
    seconds, requests = sum(budget.seconds for budget in watched), sum(budget.requests for budget in watched)
    if not seconds or not requests:
        return None
    cpu = _summed(watched)
    return Cost(
        target=target,
        scenario=scenario,
        cpu={group: used / seconds for group, used in cpu.items()},
        cpu_per_request={group: used / requests for group, used in cpu.items()},
        memory_bytes={
            group: max(budget.memory_bytes.get(group, 0) for budget in watched) for group in watched[0].memory_bytes
        },
        network_bytes_per_request=sum(budget.network_bytes for budget in watched) / requests,
    )


def statements_of(run: Run, figures: Figures) -> str:
    """Return the number of SQL statements per request as text; ``?`` where it is unknown."""
    counts = (
        count.statements
        for count in run.parity.statements
        if (count.target, count.scenario) == (figures.target, figures.scenario)
    )
    statements = next(counts, None)
    return "?" if statements is None else f"{statements:.3g}"


def _summed(watched: Iterable[Budget]) -> dict[str, float]:
    """Return the CPU seconds of all rounds by process group, in the order of the first round."""
    summed: dict[str, float] = {}
    for budget in watched:
        for group, used in budget.cpu_seconds.items():
            summed[group] = summed.get(group, 0.0) + used
    return summed


def _spread(rounds: Iterable[Round], figure: Callable[[Round], float | None]) -> Spread | None:
    known = [value for value in map(figure, rounds) if value is not None]
    return spread(known) if known else None


def _latency_at(percent: float) -> Callable[[Round], float | None]:
    return lambda round_: percentile(round_.latency, percent)


def _mean(round_: Round) -> float | None:
    return mean(round_.latency) if round_.latency else round_.latency_mean


def _longest(round_: Round) -> float | None:
    return longest(round_.latency) if round_.latency else round_.latency_longest


def _failures(rounds: Iterable[Round]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for round_ in rounds:
        counts.update({"non-2xx": round_.non_2xx, "timed out": round_.timed_out, **_socket_errors(round_)})
    return {kind: count for kind, count in counts.items() if count}


def _socket_errors(round_: Round) -> dict[str, int]:
    return {f"socket {kind}": count for kind, count in round_.socket_errors.items()}
