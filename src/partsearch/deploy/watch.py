"""The new release against the old one in the same window: is it worse? Nothing but arithmetic; others measure.

Like is compared with like: visitors' requests with visitors' requests, our own searches with our own searches, since
the two differ in what they ask for.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partsearch.deploy.thresholds import Thresholds

WINDOW_SECONDS = 2.0
WINDOW_SAMPLES = 100
_SLOW_WINDOWS = 2
_REMEMBERED = 10_000
_DOUBT = 0.05
_P99 = 0.99


class Side(StrEnum):
    """Which of the two releases."""

    OLD = "old"
    NEW = "new"


class Kind(StrEnum):
    """Who asked."""

    VISITOR = "visitor"
    PROBE = "probe"


@dataclass(frozen=True)
class Sample:
    """One answer: of which release, to whom, after how many seconds, and whether it was the server's fault (5xx)."""

    side: Side
    kind: Kind
    seconds: float
    is_error: bool


class Watch:
    """What is known of both releases since the first step."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._asked: Counter[tuple[Side, Kind]] = Counter()
        self._errors: Counter[tuple[Side, Kind]] = Counter()
        self._step_asked: Counter[tuple[Side, Kind]] = Counter()
        self._step_errors: Counter[tuple[Side, Kind]] = Counter()
        self._latencies = {kind: _Latencies(thresholds) for kind in Kind}
        self._failed_probes = 0

    def begin_step(self) -> None:
        """Counts the samples of a step from here."""
        self._step_asked.clear()
        self._step_errors.clear()

    def add(self, sample: Sample) -> None:
        """Takes a sample into account."""
        key = sample.side, sample.kind
        for counter in (self._asked, self._step_asked):
            counter[key] += 1
        if sample.is_error:
            for counter in (self._errors, self._step_errors):
                counter[key] += 1
        else:
            self._latencies[sample.kind].add(sample)
        if sample.kind is Kind.PROBE:
            self._count_failed_probe(sample)

    def _count_failed_probe(self, sample: Sample) -> None:
        """Counts the failures in a row of the new release; the old one's show that it is not the release's fault."""
        if sample.is_error and sample.side is Side.NEW:
            self._failed_probes += 1
        elif sample.is_error or sample.side is Side.NEW:
            self._failed_probes = 0

    def step_samples(self) -> int:
        """The answers of the new release in this step."""
        return sum(self._step_asked[Side.NEW, kind] for kind in Kind)

    def is_step_done(self) -> bool:
        """Whether this step has its samples."""
        return self.step_samples() >= self._thresholds.step_samples

    def step_found(self) -> str:
        """What this step has found of the new release, in words."""
        errors = sum(self._step_errors[Side.NEW, kind] for kind in Kind)
        visitors = self._step_asked[Side.NEW, Kind.VISITOR]
        return f"{self.step_samples():,} answers, {visitors:,} of them to visitors, {errors:,} errors"

    def fault(self, now: float) -> str | None:
        """Why the new release is worse than the old one, ``None`` where it is not.

        Args:
            now: the time in seconds, by a clock that never goes back.
        """
        if self._failed_probes >= self._thresholds.probes:
            return f"{self._failed_probes} searches in a row failed on the new release"
        for kind in Kind:
            fault = self._too_many_errors(kind) or self._latencies[kind].fault(now)
            if fault:
                return fault
        return None

    def _too_many_errors(self, kind: Kind) -> str | None:
        errors, asked = self._step_errors[Side.NEW, kind], self._step_asked[Side.NEW, kind]
        allowed = self._thresholds.error_ratio * self._old_error_rate(kind)
        if errors < self._thresholds.errors or errors / asked <= allowed:
            return None
        return f"{errors} of {asked} answers of the new release were errors; the old one's allow {allowed:.1%}"

    def _old_error_rate(self, kind: Kind) -> float:
        """The worst that the old release has shown: at 100 % it has no visitors any more, only what it had before."""
        rates = [
            _rate(self._step_errors[Side.OLD, kind], self._step_asked[Side.OLD, kind]),
            _rate(self._step_errors[Side.OLD, Kind.PROBE], self._step_asked[Side.OLD, Kind.PROBE]),
            _rate(self._errors[Side.OLD, kind], self._asked[Side.OLD, kind]),
        ]
        return max(rates)


class _Latencies:
    """The p99 of both releases, window by window, for one kind of requests."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._seconds: dict[Side, list[float]] = {Side.OLD: [], Side.NEW: []}
        self._began: float | None = None
        self._old_seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self._old_p99: float | None = None
        self._slow_windows = 0
        self._fault: str | None = None

    def add(self, sample: Sample) -> None:
        self._seconds[sample.side].append(sample.seconds)

    def fault(self, now: float) -> str | None:
        if self._began is None:
            self._began = now
        if now - self._began >= WINDOW_SECONDS and len(self._seconds[Side.NEW]) >= WINDOW_SAMPLES:
            self._close_window()
            self._began = now
        return self._fault if self._slow_windows >= _SLOW_WINDOWS else None

    def _close_window(self) -> None:
        old, new = self._seconds[Side.OLD], self._seconds[Side.NEW]
        self._seconds = {Side.OLD: [], Side.NEW: []}
        self._old_seconds += old
        # A few rare slow requests may all have met the new release in this window: the old one has had its own before.
        old_p99 = max(p99(old), p99(self._old_seconds)) if len(old) >= WINDOW_SAMPLES else self._old_p99
        if old_p99 is None:
            return
        self._old_p99 = max(old_p99, self._old_p99 or 0)
        limit = self._thresholds.p99_ratio * old_p99 + self._thresholds.p99_milliseconds / 1000
        self._slow_windows = self._slow_windows + 1 if least_p99(new) > limit else 0
        self._fault = (
            f"the p99 of the new release is {p99(new) * 1000:,.0f} ms, of the old one {old_p99 * 1000:,.0f} ms,"
            f" in {_SLOW_WINDOWS} windows in a row"
        )


def _rate(errors: int, asked: int) -> float:
    return errors / asked if asked else 0.0


def p99(seconds: Iterable[float]) -> float:
    """The 99th percentile; 0 of nothing."""
    ordered = sorted(seconds)
    return ordered[math.ceil(_P99 * len(ordered)) - 1] if ordered else 0.0


def least_p99(seconds: Sequence[float]) -> float:
    """What the true p99 is at least, with 95 % certainty.

    One slow answer of 100 says little of the p99; that the fourth slowest was slow says that it is at least that.
    """
    ordered = sorted(seconds, reverse=True)
    rank = _surprising_number(len(ordered))
    return ordered[rank - 1] if rank <= len(ordered) else 0.0


def _surprising_number(samples: int) -> int:
    """The smallest number of samples that lie above the true p99 by chance in one case of twenty at most."""
    above, number = 1.0, 0
    probability = _P99**samples
    while above > _DOUBT:
        above -= probability
        number += 1
        probability *= (samples - number + 1) / number * (1 - _P99) / _P99
    return number
