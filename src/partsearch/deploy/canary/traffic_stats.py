"""Traffic stats: the responses during a rollout, counted, and summed up second by second for the timeline."""

from collections.abc import Mapping

from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample, p99
from partsearch.deploy.state.record import ReleaseStats, TimelinePoint

_POINT_SECONDS = 1.0


class TrafficStats:
    """The counts of both releases since the rollout began, and those of the current second.

    Attributes:
        requests: of users, by release.
        errors: those of them with a 5xx response.
        last_p99: in the last second with responses, by release, in milliseconds.
    """

    def __init__(self, now: float) -> None:
        self.requests = dict.fromkeys(ReleaseRole, 0)
        self.errors = dict.fromkeys(ReleaseRole, 0)
        self.last_p99 = dict.fromkeys(ReleaseRole, 0.0)
        self._begin_second(now)

    def _begin_second(self, now: float) -> None:
        self._began = now
        self._users: dict[ReleaseRole, list[Sample]] = {role: [] for role in ReleaseRole}
        self._latencies: dict[ReleaseRole, list[float]] = {role: [] for role in ReleaseRole}

    def add(self, sample: Sample) -> None:
        """Add a sample. A probe counts for the p99 only."""
        self._latencies[sample.role].append(sample.seconds)
        if sample.origin is Origin.USER:
            self._users[sample.role].append(sample)
            self.requests[sample.role] += 1
            self.errors[sample.role] += sample.is_error

    def next_point(self, now: float, weight: int, in_flight: Mapping[ReleaseRole, int]) -> TimelinePoint | None:
        """Return the point of the second that has ended; ``None`` while it lasts.

        Args:
            now: seconds since 1970.
            weight: of the canary, in percent.
            in_flight: the requests in flight, by release.
        """
        if now - self._began < _POINT_SECONDS:
            return None
        old, new = (self._release_stats(role, in_flight[role]) for role in (ReleaseRole.BASELINE, ReleaseRole.CANARY))
        self._begin_second(now)
        return TimelinePoint(now, weight, old, new)

    def _release_stats(self, role: ReleaseRole, in_flight: int) -> ReleaseStats:
        users, latencies = self._users[role], self._latencies[role]
        if latencies:
            self.last_p99[role] = round(p99(latencies) * 1000, 1)
        errors = sum(sample.is_error for sample in users)
        return ReleaseStats(len(users), errors, self.last_p99[role] if latencies else 0.0, in_flight)
