"""Compares the targets of a run: which one is faster, by how much, and how certain that is."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partsearch.bench.analysis.statistics import Ratio, paired_ratio
from partsearch.bench.formatting import percent, short_name, target_name
from partsearch.bench.record import Round, Run, Target

_TIMES_FROM = 1.5
_WHOLE_TIMES_FROM = 10
_PLAIN = "-plain"


@dataclass(frozen=True)
class TargetComparison:
    """The comparison of two targets that were measured in turn, in one scenario.

    Attributes:
        ratio: the rate of ``target`` divided by that of ``baseline``; ``None`` where one of them answered nothing.
        noise: the share up to which a difference is noise; ``None`` where A/A was not measured.
    """

    scenario: str
    baseline: Target
    target: Target
    ratio: Ratio | None
    noise: float | None

    @property
    def is_difference(self) -> bool:
        """Return whether one target is faster beyond the noise."""
        return self.ratio is not None and self.ratio.exceeds(self.noise or 0)

    @property
    def pair(self) -> str:
        """Return the names of both targets: ``FastAPI / Django``."""
        return f"{short_name(self.target)} / {short_name(self.baseline)}"

    @property
    def words(self) -> str:
        """Return the result: ``FastAPI 2.1 times faster, 1.9 to 2.3``."""
        if self.ratio is None:
            return "no result: one of them answered nothing"
        if self.ratio.rounds == 1:
            return f"{self._faster(self.ratio)} in a single round, which is not significant"
        if not self.is_difference:
            return "no difference beyond the noise" + ("" if self.noise is None else f" of {percent(self.noise)}")
        return self._faster(self.ratio)

    def _faster(self, ratio: Ratio) -> str:
        winner, ratio = (self.target, ratio) if ratio.value >= 1 else (self.baseline, ratio.inverse)
        return f"{target_name(winner)} {how_much(ratio)}"


def how_much(ratio: Ratio, word: str = "faster") -> str:
    """Return a ratio above 1 in words: ``2.1 times faster, 1.9 to 2.3`` or ``12 % faster, 8.0 to 15 %``."""
    if ratio.value >= _TIMES_FROM:
        interval = f", {_times(ratio.low)} to {_times(ratio.high)}"
        return f"{_times(ratio.value)} times {word}{interval if ratio.rounds > 1 else ''}"
    return _percentages(ratio.rounds, ratio.value - 1, ratio.low - 1, ratio.high - 1, word)


def how_much_less(ratio: Ratio, word: str) -> str:
    """Return a ratio below 1 in words: ``12 % fewer, 8.0 to 15 %``, ``3.1 times fewer, 2.8 to 3.3``."""
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
    """Return how much two measurements of the same target differ, as a share of the rate; ``None`` without A/A."""
    ratios = [paired_ratio(_rates(noise.second), _rates(noise.first)) for noise in run.noise]
    return max((ratio.distance for ratio in ratios if ratio and ratio.rounds > 1), default=None)


def comparisons(run: Run) -> list[TargetComparison]:
    """Return the comparison of every pair of targets in every scenario that both have."""
    noise = noise_of(run)
    return [
        TargetComparison(scenario.name, baseline, target, paired_ratio(_rates(rounds), _rates(of_baseline)), noise)
        for scenario in run.scenarios
        for baseline, target in pairs(run.targets)
        if (rounds := run.rounds_of(target.name, scenario.name))
        and (of_baseline := run.rounds_of(baseline.name, scenario.name))
    ]


def pairs(targets: Sequence[Target]) -> Iterator[tuple[Target, Target]]:
    """Yield the pairs to compare, the baseline first.

    The baseline of a plain service is its tuned variant. Otherwise it is the first target of the same route.
    """
    for is_through_nginx in (False, True):
        on_route = [target for target in targets if target.is_through_nginx is is_through_nginx]
        for target in on_route[1:]:
            yield _tuned_variant(target, on_route) or on_route[0], target


def _tuned_variant(target: Target, targets: Sequence[Target]) -> Target | None:
    service = target.service or ""
    if not service.endswith(_PLAIN):
        return None
    return next((other for other in targets if other.service == service.removesuffix(_PLAIN)), None)


def main_scenario(run: Run) -> str | None:
    """Return the scenario that represents the run: ``mix`` if it was measured, else the first measured one."""
    measured = [
        scenario.name for scenario in run.scenarios if any(round_.scenario == scenario.name for round_ in run.rounds)
    ]
    return next((name for name in measured if name.startswith("mix")), measured[0] if measured else None)


def _rates(rounds: Sequence[Round]) -> list[float]:
    return [round_.rate for round_ in rounds]
