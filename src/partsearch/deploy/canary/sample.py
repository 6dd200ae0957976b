"""A sample: one response of one of the two releases, and the percentiles of many."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_P99 = 0.99
_SIGNIFICANCE = 0.05


class ReleaseRole(StrEnum):
    """The part that a release has in a deployment."""

    BASELINE = "baseline"
    """The release that served before the deployment."""
    CANARY = "canary"
    """The release that the deployment brings."""


class Origin(StrEnum):
    """Where a request came from."""

    USER = "user"
    PROBE = "probe"


@dataclass(frozen=True)
class Sample:
    """One response: the release, the origin of the request, the latency, and whether the status was 5xx."""

    role: ReleaseRole
    origin: Origin
    seconds: float
    is_error: bool


def p99(seconds: Iterable[float]) -> float:
    """Return the 99th percentile; 0 without values."""
    ordered = sorted(seconds)
    return ordered[math.ceil(_P99 * len(ordered)) - 1] if ordered else 0.0


def p99_lower_bound(seconds: Sequence[float]) -> float:
    """Return a lower bound of the true p99 at a confidence of 95 %; 0 if there are too few values for one.

    One slow response of 100 says little about the p99. If the fourth slowest was slow, the p99 is at least as slow.
    """
    ordered = sorted(seconds, reverse=True)
    rank = _significant_rank(len(ordered))
    return ordered[rank - 1] if rank <= len(ordered) else 0.0


def _significant_rank(samples: int) -> int:
    """Return the smallest count of samples that exceeds the true p99 by chance in at most one case of twenty."""
    exceeding, rank = 1.0, 0
    probability = _P99**samples
    while exceeding > _SIGNIFICANCE:
        exceeding -= probability
        rank += 1
        probability *= (samples - rank + 1) / rank * (1 - _P99) / _P99
    return rank
