"""What an update measures a new release by. Every one of these is an option of ``partsearch deploy``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Thresholds:
    """When a step ends, when a release is worse than the one before, and how long is waited.

    Attributes:
        steps: the shares of traffic, in percent, that the new release gets one after another; the last one is 100.
        step_samples: how many answers of the new release a step needs.
        step_seconds: the longest that a step may take to get them.
        watch_seconds: how long the new release is watched with all traffic before the old one is let go.
        errors: fewer errors of the new release than this are no reason to go back.
        error_ratio: how many times the old release's share of errors is too much.
        p99_ratio: how many times the old release's p99 is too slow...
        p99_milliseconds: ...with so much added.
        probes: how many searches in a row may not fail on the new release alone.
        start_seconds: how long the new release may take until it is ready.
        drain_seconds: how long requests that are under way at the old release may take.
        lock_seconds: how long a migration may wait for a lock, since all searches wait behind it.
        answers_may_differ: whether the new release may answer a search otherwise than the old one.
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
        """The thresholds as a record keeps them."""
        return {**asdict(self), "steps": list(self.steps)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Thresholds":
        """The thresholds that a record keeps."""
        return cls(**{**kept, "steps": tuple(kept["steps"])})
