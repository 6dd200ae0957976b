"""Shifting the traffic step by step; each step ends on samples, and any sign of harm ends all of it."""

import time
from collections.abc import Sequence

from partsearch.deploy.deaths import Deaths
from partsearch.deploy.errors import NotGoodEnoughError
from partsearch.deploy.observer import LOOK_SECONDS, Observer
from partsearch.deploy.prober import FULL_PACE, LEAST_PACE, Prober
from partsearch.deploy.switch import Switch
from partsearch.deploy.thresholds import Thresholds
from partsearch.deploy.watch import WINDOW_SECONDS, Kind, Sample, Side, Watch

LEAST_STEP_SECONDS = 2 * WINDOW_SECONDS
"""Two windows of the watch: no step is over before its p99 could be seen to be worse."""
_ALL = 100


class Shift:
    """The new release's way from no traffic to all of it."""

    def __init__(
        self, thresholds: Thresholds, switch: Switch, observer: Observer, prober: Prober, deaths: Deaths
    ) -> None:
        self._thresholds = thresholds
        self._switch = switch
        self._observer = observer
        self._prober = prober
        self._deaths = deaths
        self._watch = Watch(thresholds)
        self._visitors = _Pace()

    def step(self, share: int) -> str:
        """Gives the new release ``share`` percent of the traffic and watches it until there are samples enough.

        Returns what was found, in words.

        Raises:
            NotGoodEnoughError: it is worse than the old release.
        """
        self._switch.give(share)
        self._watch.begin_step()
        began = time.monotonic()
        least = self._thresholds.watch_seconds if share == _ALL else LEAST_STEP_SECONDS
        while not (self._watch.is_step_done() and time.monotonic() - began >= least):
            self._look()
            if time.monotonic() - began > least + self._thresholds.step_seconds:
                raise NotGoodEnoughError(
                    f"Only {self._watch.step_samples()} answers of the new release in"
                    f" {self._thresholds.step_seconds:g} s, {self._thresholds.step_samples} are needed."
                )
            time.sleep(LOOK_SECONDS)
        return self._watch.step_found()

    def _look(self) -> None:
        probes = self._prober.read_new()
        visitors = self._observer.look(probes, self._watch.step_samples(), self._thresholds.step_samples)
        for sample in (*visitors, *probes):
            self._watch.add(sample)
        self._prober.pace = max(LEAST_PACE, FULL_PACE - self._visitors.of_new(visitors))
        fault = self._deaths.first() or self._sickness() or self._watch.fault(time.monotonic())
        if fault:
            raise NotGoodEnoughError(f"{fault[0].upper()}{fault[1:]}.")

    def _sickness(self) -> str | None:
        return "the guard finds the new release sick" if self._observer.sick_services(Side.NEW) else None


class _Pace:
    """How many visitors a second the new release has, over the last few seconds."""

    _SECONDS = 3.0

    def __init__(self) -> None:
        self._times: list[float] = []

    def of_new(self, samples: Sequence[Sample]) -> float:
        now = time.monotonic()
        self._times += [now] * sum(sample.side is Side.NEW and sample.kind is Kind.VISITOR for sample in samples)
        self._times = [moment for moment in self._times if now - moment < self._SECONDS]
        return len(self._times) / self._SECONDS
