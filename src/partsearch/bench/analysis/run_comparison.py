"""Compares two runs: what became slower or faster between them, beyond chance and noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from partsearch.bench.analysis.comparison import how_much, how_much_less
from partsearch.bench.analysis.figures import figures_of
from partsearch.bench.analysis.histogram import percentile
from partsearch.bench.analysis.run_differences import differences, remarks
from partsearch.bench.analysis.statistics import Ratio, paired_ratio, unpaired_ratio
from partsearch.bench.errors import NotComparableError
from partsearch.bench.formatting import percent, target_name
from partsearch.bench.record import Round, Run, Target

THRESHOLD = 0.1
_FAILING_MORE = 0.001
_P99 = 99.0


class Measure(StrEnum):
    """A compared figure of a target in a scenario."""

    RATE = "per second"
    P99 = "p99"


@dataclass(frozen=True)
class Change:
    """The change of a measure of a target in a scenario.

    Attributes:
        old: the median of the old run: answers per second, or seconds.
        new: the median of the new run.
        ratio: new divided by old, with its interval.
        noise: the share up to which a change is noise.
        threshold: the share of the old value from which a worse value is a regression.
    """

    target: Target
    scenario: str
    measure: Measure
    old: float
    new: float
    ratio: Ratio
    noise: float
    threshold: float

    @property
    def is_change(self) -> bool:
        """Return whether the change is more than chance and noise."""
        return self.ratio.exceeds(self.noise)

    @property
    def is_regression(self) -> bool:
        """Return whether the new value is worse beyond noise and threshold."""
        lost = self.old - self.new if self.measure is Measure.RATE else self.new - self.old
        return self.is_change and lost / self.old > self.threshold

    @property
    def words(self) -> str:
        """Return the change in words: ``REGRESSION: 25 % fewer, 22 to 28 %``, ``1.6 times shorter, 1.5 to 1.7`` …."""
        if not self.is_change:
            return f"no difference beyond the noise of {percent(self.noise)}"
        less, more = ("fewer", "more") if self.measure is Measure.RATE else ("shorter", "longer")
        words = how_much(self.ratio, more) if self.ratio.value > 1 else how_much_less(self.ratio, less)
        return f"REGRESSION: {words}" if self.is_regression else words


@dataclass(frozen=True)
class RunComparison:
    """Two runs that can be compared.

    Attributes:
        changes: the changes of every target and scenario that both runs have.
        failing: a sentence for each of them where more requests fail than before.
        remarks: other differences between the runs, which may be the cause.
    """

    old: Run
    new: Run
    changes: tuple[Change, ...]
    failing: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def is_regression(self) -> bool:
        """Return whether anything became slower beyond noise and threshold, or fails more often."""
        return bool(self.failing) or any(change.is_regression for change in self.changes)


def compare(old: Run, new: Run, threshold: float = THRESHOLD) -> RunComparison:
    """Return the comparison of two runs.

    Args:
        old: the run before.
        new: the run after, on the same machine with the same load.
        threshold: the share by which a figure may become worse before it is a regression.

    Raises:
        NotComparableError: the runs were measured on different machines or catalogs or with different load, or no
            target and scenario of both was measured at least twice.
    """
    reasons = "; ".join(differences(old, new))
    if reasons:
        raise NotComparableError(
            f"The runs cannot be compared: {reasons}.",
            "Measure both releases with the same options, on the same machine and catalog.",
        )
    common = tuple(_common(old, new))
    reworded = tuple(f"{name} has other searches in both runs, and is left out" for name in _reworded(old, new))
    changes = tuple(_changes(old, new, common, threshold))
    failing = tuple(filter(None, (_failing(old, new, *both) for both in common)))
    if not changes and not failing:
        raise NotComparableError(
            "; ".join(("The runs have nothing in common that was measured at least twice", *reworded)) + ".",
            "Let both runs finish, with the same options.",
        )
    return RunComparison(old, new, changes, failing, (*reworded, *remarks(old, new)))


def _common(old: Run, new: Run) -> Iterator[tuple[Target, str]]:
    """Yield the targets and scenarios that have the same requests in both runs."""
    asked = {scenario.name: scenario.requests for scenario in old.scenarios}
    known = {target.name for target in old.targets}
    for scenario in new.scenarios:
        if scenario.requests == asked.get(scenario.name):
            yield from ((target, scenario.name) for target in new.targets if target.name in known)


def _reworded(old: Run, new: Run) -> Iterator[str]:
    """Yield the scenarios whose requests differ, as those of other releases may."""
    asked = {scenario.name: scenario.requests for scenario in old.scenarios}
    for scenario in new.scenarios:
        if scenario.requests != asked.get(scenario.name, scenario.requests):
            yield scenario.name


def _changes(old: Run, new: Run, common: Sequence[tuple[Target, str]], threshold: float) -> Iterator[Change]:
    noise = {measure: max(_noise(old, measure), _noise(new, measure)) for measure in Measure}
    for target, scenario in common:
        for measure in Measure:
            before = _values(old.rounds_of(target.name, scenario), measure)
            after = _values(new.rounds_of(target.name, scenario), measure)
            ratio = unpaired_ratio(after, before)
            if ratio and ratio.rounds > 1:
                medians = median(before), median(after)
                yield Change(target, scenario, measure, *medians, ratio, noise[measure], threshold)


def _failing(old: Run, new: Run, target: Target, scenario: str) -> str | None:
    """Return a sentence if more requests fail than before."""
    before, after = figures_of(old, target.name, scenario), figures_of(new, target.name, scenario)
    if not before or not after or after.failed_share - before.failed_share <= _FAILING_MORE:
        return None
    return (
        f"{scenario}, {target_name(target)}: {after.failed:,} of {after.requests:,} requests failed;"
        f" {before.failed:,} of {before.requests:,} before"
    )


def _values(rounds: Sequence[Round], measure: Measure) -> list[float]:
    if measure is Measure.RATE:
        return [round_.rate for round_ in rounds]
    return [p99 for round_ in rounds if (p99 := percentile(round_.latency, _P99))]


def _noise(run: Run, measure: Measure) -> float:
    ratios = [paired_ratio(_values(noise.second, measure), _values(noise.first, measure)) for noise in run.noise]
    return max((ratio.distance for ratio in ratios if ratio and ratio.rounds > 1), default=0.0)
