"""The thresholds of a deployment. Each one is an option of ``partsearch deploy``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Thresholds:
    """When a step ends, when the canary is worse than the baseline, and the time limits.

    Attributes:
        steps: the weights of the canary, in percent, one after another; the last one is 100.
        step_samples: how many responses of the canary complete a step.
        step_seconds: the time limit for them.
        watch_seconds: how long the canary is analysed with all traffic before the baseline is stopped.
        errors: fewer errors of the canary than this are ignored.
        error_ratio: the canary fails above this multiple of the baseline's error rate.
        p99_ratio: the canary fails above this multiple of the baseline's p99...
        p99_milliseconds: ...plus this.
        probes: the canary fails after this many consecutive failed probes.
        start_seconds: the time limit until the canary is ready.
        drain_seconds: the time limit for requests that are in flight at the release that stops.
        lock_seconds: how long a migration waits for a lock: all searches queue behind it.
        answers_may_differ: whether the canary may answer a search differently from the baseline.
    """

    steps: tuple[int, ...] = (5, 25, 50, 100)
    step_samples: int = 300
    step_seconds: float = 300
    watch_seconds: float = 60
    errors: int = 3
    error_ratio: float = 2
    p99_ratio: float = 1.5
    p99_milliseconds: float = 20
    probes: int = 3
    start_seconds: float = 60
    drain_seconds: float = 60
    lock_seconds: float = 2
    answers_may_differ: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the thresholds as a deployment record holds them."""
        return {**asdict(self), "steps": list(self.steps)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Thresholds":
        """Return the thresholds that a deployment record holds."""
        return cls(**{**values, "steps": tuple(values["steps"])})
