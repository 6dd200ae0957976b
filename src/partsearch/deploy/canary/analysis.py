"""The canary analysis: whether the canary is worse than the baseline. Pure arithmetic on samples.

Requests of users are compared with requests of users and probes with probes, because the two ask for different things.
"""

from collections import Counter, deque

from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample, p99, p99_lower_bound
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.errors import CanaryFailedError

WINDOW_SECONDS = 2.0
WINDOW_SAMPLES = 100
_SLOW_WINDOWS = 2
_REMEMBERED_SAMPLES = 10_000

_Counts = Counter[tuple[ReleaseRole, Origin]]


class CanaryAnalysis:
    """The samples of both releases since the first step of the rollout."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._samples: _Counts = Counter()
        self._errors: _Counts = Counter()
        self._step_samples: _Counts = Counter()
        self._step_errors: _Counts = Counter()
        self._latencies = {origin: _LatencyWindows(thresholds) for origin in Origin}
        self._failed_probes = 0

    def begin_step(self) -> None:
        """Start the counts of a step at zero."""
        self._step_samples.clear()
        self._step_errors.clear()

    def add(self, sample: Sample) -> None:
        """Add a sample."""
        key = sample.role, sample.origin
        self._samples[key] += 1
        self._step_samples[key] += 1
        if sample.is_error:
            self._errors[key] += 1
            self._step_errors[key] += 1
        else:
            self._latencies[sample.origin].add(sample)
        if sample.origin is Origin.PROBE:
            self._count_failed_probe(sample)

    def _count_failed_probe(self, sample: Sample) -> None:
        """Count consecutive failures of the canary. If the baseline fails too, the release is not the cause."""
        if sample.is_error and sample.role is ReleaseRole.CANARY:
            self._failed_probes += 1
        elif sample.is_error or sample.role is ReleaseRole.CANARY:
            self._failed_probes = 0

    def step_samples(self) -> int:
        """Return the number of responses of the canary in this step."""
        return sum(self._step_samples[ReleaseRole.CANARY, origin] for origin in Origin)

    def is_step_complete(self) -> bool:
        """Return whether this step has all its samples."""
        return self.step_samples() >= self._thresholds.step_samples

    def step_summary(self) -> str:
        """Return the counts of the canary in this step as text."""
        errors = sum(self._step_errors[ReleaseRole.CANARY, origin] for origin in Origin)
        users = self._step_samples[ReleaseRole.CANARY, Origin.USER]
        return f"{self.step_samples():,} responses, {users:,} of them to users, {errors:,} errors"

    def check(self, now: float) -> None:
        """Raise CanaryFailedError if the canary is worse than the baseline.

        Args:
            now: seconds by a monotonic clock.
        """
        if self._failed_probes >= self._thresholds.probes:
            raise CanaryFailedError(f"{self._failed_probes} searches in a row failed on the new release.")
        for origin in Origin:
            self._check_errors(origin)
            self._latencies[origin].check(now)

    def _check_errors(self, origin: Origin) -> None:
        key = ReleaseRole.CANARY, origin
        errors, samples = self._step_errors[key], self._step_samples[key]
        allowed = self._thresholds.error_ratio * self._baseline_error_rate(origin)
        if errors >= self._thresholds.errors and errors / samples > allowed:
            raise CanaryFailedError(
                f"{errors} of {samples} responses of the new release were errors;"
                f" {allowed:.1%} are allowed by those of the old release."
            )

    def _baseline_error_rate(self, origin: Origin) -> float:
        """Return the highest error rate of the baseline. At 100 % it has no users, so earlier steps count too."""
        key, probes = (ReleaseRole.BASELINE, origin), (ReleaseRole.BASELINE, Origin.PROBE)
        return max(
            _rate(self._step_errors[key], self._step_samples[key]),
            _rate(self._step_errors[probes], self._step_samples[probes]),
            _rate(self._errors[key], self._samples[key]),
        )


class _LatencyWindows:
    """The latencies of both releases, window by window, for requests of one origin."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._seconds: dict[ReleaseRole, list[float]] = {role: [] for role in ReleaseRole}
        self._window_began: float | None = None
        self._baseline_seconds: deque[float] = deque(maxlen=_REMEMBERED_SAMPLES)
        self._baseline_p99: float | None = None
        self._slow_windows = 0
        self._comparison = ""

    def add(self, sample: Sample) -> None:
        self._seconds[sample.role].append(sample.seconds)

    def check(self, now: float) -> None:
        """Close the window if it is complete; raise CanaryFailedError if the canary was too slow in the last two."""
        if self._window_began is None:
            self._window_began = now
        is_complete = len(self._seconds[ReleaseRole.CANARY]) >= WINDOW_SAMPLES
        if now - self._window_began >= WINDOW_SECONDS and is_complete:
            self._close_window()
            self._window_began = now
        if self._slow_windows >= _SLOW_WINDOWS:
            raise CanaryFailedError(f"{self._comparison}, in {_SLOW_WINDOWS} windows in a row.")

    def _close_window(self) -> None:
        baseline, canary = self._seconds[ReleaseRole.BASELINE], self._seconds[ReleaseRole.CANARY]
        self._seconds = {role: [] for role in ReleaseRole}
        self._baseline_seconds += baseline
        # A few rare slow requests may all reach the canary in this window; the baseline had its own in earlier ones.
        is_comparable = len(baseline) >= WINDOW_SAMPLES
        current = max(p99(baseline), p99(self._baseline_seconds)) if is_comparable else self._baseline_p99
        if current is None:
            return
        self._baseline_p99 = max(current, self._baseline_p99 or 0)
        limit = self._thresholds.p99_ratio * current + self._thresholds.p99_milliseconds / 1000
        self._slow_windows = self._slow_windows + 1 if p99_lower_bound(canary) > limit else 0
        self._comparison = (
            f"The p99 of the new release is {p99(canary) * 1000:,.0f} ms, of the old one {current * 1000:,.0f} ms"
        )


def _rate(errors: int, samples: int) -> float:
    return errors / samples if samples else 0.0
