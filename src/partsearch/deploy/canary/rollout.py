"""The rollout: the weight of the canary grows step by step, and each step ends on samples."""

import time
from collections.abc import Sequence

from partsearch.deploy.canary.analysis import WINDOW_SECONDS, CanaryAnalysis
from partsearch.deploy.canary.exit_monitor import ExitMonitor
from partsearch.deploy.canary.prober import MAXIMUM_RATE, MINIMUM_RATE, Prober
from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.canary.traffic_monitor import POLL_SECONDS, TrafficMonitor
from partsearch.deploy.errors import CanaryFailedError
from partsearch.deploy.traffic_switch import TrafficSwitch

MINIMUM_STEP_SECONDS = 2 * WINDOW_SECONDS
"""Two windows of the analysis: no step ends before a worse p99 can show."""
_ALL = 100


class Rollout:
    """Raises the weight of the canary step by step, from no traffic to all of it."""

    def __init__(
        self,
        thresholds: Thresholds,
        switch: TrafficSwitch,
        monitor: TrafficMonitor,
        prober: Prober,
        exit_monitor: ExitMonitor,
    ) -> None:
        self._thresholds = thresholds
        self._switch = switch
        self._monitor = monitor
        self._prober = prober
        self._exit_monitor = exit_monitor
        self._analysis = CanaryAnalysis(thresholds)
        self._user_rate = _UserRate()

    def run_step(self, weight: int) -> str:
        """Give the canary ``weight`` percent of the traffic and analyse it until the step has its samples.

        Returns a summary of the step.

        Raises:
            CanaryFailedError: the canary is worse than the baseline, or gets too few samples.
        """
        self._switch.set_weight(weight)
        self._analysis.begin_step()
        began = time.monotonic()
        minimum = self._thresholds.watch_seconds if weight == _ALL else MINIMUM_STEP_SECONDS
        while not (self._analysis.is_step_complete() and time.monotonic() - began >= minimum):
            self._poll()
            if time.monotonic() - began > minimum + self._thresholds.step_seconds:
                raise CanaryFailedError(
                    f"The new release gave only {self._analysis.step_samples()} responses in"
                    f" {self._thresholds.step_seconds:g} s; {self._thresholds.step_samples} are needed."
                )
            time.sleep(POLL_SECONDS)
        return self._analysis.step_summary()

    def _poll(self) -> None:
        probes = self._prober.read_new()
        users = self._monitor.poll(probes, self._analysis.step_samples(), self._thresholds.step_samples)
        for sample in (*users, *probes):
            self._analysis.add(sample)
        self._prober.rate = max(MINIMUM_RATE, MAXIMUM_RATE - self._user_rate.update(users))
        self._exit_monitor.check()
        if self._monitor.unhealthy_services(ReleaseRole.CANARY):
            raise CanaryFailedError("The health checker reports the new release as unhealthy.")
        self._analysis.check(time.monotonic())


class _UserRate:
    """The requests of users a second that the canary gets, over the last few seconds."""

    _SECONDS = 3.0

    def __init__(self) -> None:
        self._times: list[float] = []

    def update(self, samples: Sequence[Sample]) -> float:
        """Add new samples and return the rate."""
        now = time.monotonic()
        is_counted = [sample.role is ReleaseRole.CANARY and sample.origin is Origin.USER for sample in samples]
        self._times += [now] * sum(is_counted)
        self._times = [moment for moment in self._times if now - moment < self._SECONDS]
        return len(self._times) / self._SECONDS
