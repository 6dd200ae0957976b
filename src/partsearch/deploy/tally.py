"""What the visitors were answered during a switch: counted, and cut into seconds for the timeline."""

from collections.abc import Mapping

from partsearch.deploy.record import Moment, SideCount
from partsearch.deploy.watch import Kind, Sample, Side, p99

_MOMENT_SECONDS = 1.0


class Tally:
    """The counts of both releases since the switch began, and those of the second that runs.

    Attributes:
        requests: of visitors, by release.
        errors: those of them that the server answered 5xx.
        last_p99: of each release in the last second that had any answers, in milliseconds.
    """

    def __init__(self, now: float) -> None:
        self.requests = dict.fromkeys(Side, 0)
        self.errors = dict.fromkeys(Side, 0)
        self.last_p99 = dict.fromkeys(Side, 0.0)
        self._began = now
        self._clear()

    def _clear(self) -> None:
        self._visitors: dict[Side, list[Sample]] = {side: [] for side in Side}
        self._all: dict[Side, list[float]] = {side: [] for side in Side}

    def add(self, sample: Sample) -> None:
        """Takes an answer into account; our own searches count for the p99 alone."""
        self._all[sample.side].append(sample.seconds)
        if sample.kind is Kind.VISITOR:
            self._visitors[sample.side].append(sample)
            self.requests[sample.side] += 1
            self.errors[sample.side] += sample.is_error

    def moment(self, now: float, share: int, in_flight: Mapping[Side, int]) -> Moment | None:
        """The second that is over, ``None`` where it still runs.

        Args:
            now: seconds since 1970.
            share: of the new release, in percent.
            in_flight: the requests that are under way at each release.
        """
        if now - self._began < _MOMENT_SECONDS:
            return None
        old, new = (self._count(side, in_flight[side]) for side in (Side.OLD, Side.NEW))
        self._began = now
        self._clear()
        return Moment(now, share, old, new)

    def _count(self, side: Side, in_flight: int) -> SideCount:
        visitors = self._visitors[side]
        if self._all[side]:
            self.last_p99[side] = round(p99(self._all[side]) * 1000, 1)
        errors = sum(sample.is_error for sample in visitors)
        return SideCount(len(visitors), errors, self.last_p99[side] if self._all[side] else 0.0, in_flight)
