"""Which of two targets is faster, by how much, and how sure that is, in words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partsearch.bench.analysis.statistics import Ratio, paired_ratio
from partsearch.bench.formatting import percent, target_name
from partsearch.bench.record import Round, Run, Target

_TIMES_FROM = 1.5
_WHOLE_TIMES_FROM = 10


@dataclass(frozen=True)
class TargetComparison:
    """What two targets that were measured in turn say in one scenario.

    Attributes:
        ratio: the rate of ``target`` to that of ``baseline``; ``None`` where one of them answered nothing.
        noise: the share below which a difference is none; ``None`` where A/A was not measured.
    """

    scenario: str
    baseline: Target
    target: Target
    ratio: Ratio | None
    noise: float | None

    @property
    def is_difference(self) -> bool:
        """Whether one of them is faster beyond the noise."""
        return self.ratio is not None and self.ratio.exceeds(self.noise or 0)

    @property
    def words(self) -> str:
        """The verdict: ``FastAPI 2.1 times faster, 1.9 to 2.3``."""
        if self.ratio is None:
            return "no verdict: one of them answered nothing"
        if self.ratio.rounds == 1:
            return f"{self._faster(self.ratio)} in a single round, which proves nothing"
        if not self.is_difference:
            return "no difference beyond the noise" + ("" if self.noise is None else f" of {percent(self.noise)}")
        return self._faster(self.ratio)

    def _faster(self, ratio: Ratio) -> str:
        winner, ratio = (self.target, ratio) if ratio.value >= 1 else (self.baseline, ratio.inverse)
        return f"{target_name(winner)} {how_much(ratio)}"


def how_much(ratio: Ratio, word: str = "faster") -> str:
    """A ratio above 1 in words: ``2.1 times faster, 1.9 to 2.3`` or ``12 % faster, 8.0 to 15 %``."""
    if ratio.value >= _TIMES_FROM:
        interval = f", {_times(ratio.low)} to {_times(ratio.high)}"
        return f"{_times(ratio.value)} times {word}{interval if ratio.rounds > 1 else ''}"
    return _percentages(ratio.rounds, ratio.value - 1, ratio.low - 1, ratio.high - 1, word)


def how_much_less(ratio: Ratio, word: str) -> str:
    """A ratio below 1 in words: ``12 % fewer, 8.0 to 15 %``, ``3.1 times fewer, 2.8 to 3.3``."""
    if ratio.inverse.value >= _TIMES_FROM:
        return how_much(ratio.inverse, word)
    return _percentages(ratio.rounds, 1 - ratio.value, 1 - ratio.high, 1 - ratio.low, word)


def _percentages(rounds: int, share: float, low: float, high: float, word: str) -> str:
    interval = f", {percent(low).removesuffix(' %')} to {percent(high)}"
    return f"{percent(share)} {word}{interval if rounds > 1 else ''}"


def _times(value: float) -> str:
    if math.isinf(value):
        return "any"
    return f"{value:.0f}" if value >= _WHOLE_TIMES_FROM else f"{value:.1f}"


def noise_of(run: Run) -> float | None:
    """How far apart two measurements of one and the same target lie, as a share of the rate; ``None`` without A/A."""
    ratios = [paired_ratio(_rates(one.second), _rates(one.first)) for one in run.noise]
    return max((ratio.distance for ratio in ratios if ratio and ratio.rounds > 1), default=None)


def comparisons(run: Run) -> list[TargetComparison]:
    """The verdict of every scenario on every pair of targets that were asked through the same route."""
    noise = noise_of(run)
    return [
        TargetComparison(
            scenario.name,
            baseline,
            target,
            paired_ratio(
                _rates(run.rounds_of(target.name, scenario.name)), _rates(run.rounds_of(baseline.name, scenario.name))
            ),
            noise,
        )
        for scenario in run.scenarios
        for baseline, target in pairs(run.targets)
        if run.rounds_of(target.name, scenario.name) and run.rounds_of(baseline.name, scenario.name)
    ]


def pairs(targets: Sequence[Target]) -> Iterator[tuple[Target, Target]]:
    """The first target of each route with each of the others there: behind Nginx, and without it."""
    for is_through_nginx in (False, True):
        behind = [one for one in targets if one.is_through_nginx is is_through_nginx]
        yield from ((behind[0], other) for other in behind[1:])


def main_scenario(run: Run) -> str | None:
    """The scenario that speaks for all: ``mix`` if it was measured, else the first that was."""
    measured = [one.name for one in run.scenarios if any(round_.scenario == one.name for round_ in run.rounds)]
    return next((name for name in measured if name.startswith("mix")), measured[0] if measured else None)


def _rates(rounds: Sequence[Round]) -> list[float]:
    return [one.rate for one in rounds]
