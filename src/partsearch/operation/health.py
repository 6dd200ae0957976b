"""Whether a service of a slot is healthy, by the results of its probes. The rule alone: ``health_checker`` probes."""

from dataclasses import dataclass
from enum import StrEnum

_THRESHOLD = 2
"""So many results in a row change what is known."""


class ProbeResult(StrEnum):
    """The result of a probe."""

    SUCCESS = "success"
    FAILURE = "failure"
    REFUSED = "refused"
    """Nothing listens on the port."""
    UNKNOWN = "unknown"
    """The result does not depend on the service: the database is unavailable, for example."""


@dataclass
class Check:
    """The health by one kind of probe: two failures in a row make it unhealthy, two successes healthy.

    A refused connection makes it unhealthy at once. The first success of all makes it healthy. ``is_healthy`` is
    ``None`` as long as nothing is known.
    """

    is_healthy: bool | None = None
    _contrary_results: int = 0

    def record(self, result: ProbeResult) -> None:
        """Take the result of a probe into account."""
        if result is ProbeResult.UNKNOWN:
            return
        is_success = result is ProbeResult.SUCCESS
        if is_success == self.is_healthy:
            self._contrary_results = 0
            return
        self._contrary_results += 1
        is_sure = result is ProbeResult.REFUSED or (is_success and self.is_healthy is None)
        if is_sure or self._contrary_results >= _THRESHOLD:
            self.is_healthy, self._contrary_results = is_success, 0

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the last result contradicted what is known, so that the next probe should come soon."""
        return self._contrary_results > 0


class Health:
    """The health of one service by two kinds of probes: of liveness, and of searches where they are sent.

    A service is unhealthy after two failures in a row of either kind, and healthy again after two successes of both.

    Args:
        is_healthy: what is known from before.
        has_searches: whether searches are sent.
    """

    def __init__(self, *, is_healthy: bool | None = None, has_searches: bool = False) -> None:
        self._has_searches = has_searches
        self._liveness = Check(is_healthy)
        self._searches = Check(is_healthy or None)
        self._require_a_search()

    @property
    def is_healthy(self) -> bool | None:
        """Return ``None`` as long as nothing is known."""
        return self._searches.is_healthy is not False if self._liveness.is_healthy else self._liveness.is_healthy

    @property
    def is_liveness_unconfirmed(self) -> bool:
        """Return whether the next probe of liveness should come soon."""
        return self._liveness.is_healthy is None or self._liveness.is_unconfirmed

    @property
    def is_search_unconfirmed(self) -> bool:
        """Return whether the next search should come soon."""
        return self._searches.is_unconfirmed

    def record_liveness(self, result: ProbeResult) -> None:
        """Take a probe of liveness into account."""
        self._liveness.record(result)
        self._require_a_search()

    def record_search(self, result: ProbeResult) -> None:
        """Take a search into account."""
        self._searches.record(result)

    def _require_a_search(self) -> None:
        """Require successful searches before a service that was not alive counts as healthy again."""
        if self._has_searches and self._liveness.is_healthy is False and self._searches.is_healthy is not False:
            self._searches = Check(is_healthy=False)
