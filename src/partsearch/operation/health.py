"""Whether a service of a slot is well, from one probe after the other. Nothing but the rule; others probe."""

from dataclasses import dataclass
from enum import StrEnum

_IN_A_ROW = 2


class Outcome(StrEnum):
    """What a probe came to."""

    ANSWERED = "answered"
    FAILED = "failed"
    GONE = "gone"
    UNCLEAR = "unclear"
    """It says nothing of the service: the database is away, say."""


@dataclass
class Pulse:
    """Two failures in a row make it sick, two answers well; a process that is gone is sick at once.

    ``is_well`` is ``None`` as long as nothing is known. The first answer of all is enough.
    """

    is_well: bool | None = None
    _against: int = 0

    def take(self, outcome: Outcome) -> None:
        """Takes a probe into account."""
        if outcome is Outcome.UNCLEAR:
            return
        is_well = outcome is Outcome.ANSWERED
        if is_well == self.is_well:
            self._against = 0
            return
        self._against += 1
        is_sure = outcome is Outcome.GONE or (is_well and self.is_well is None)
        if is_sure or self._against >= _IN_A_ROW:
            self.is_well, self._against = is_well, 0

    @property
    def is_in_doubt(self) -> bool:
        """Whether the last probe spoke against what was known, so that the next one should come soon."""
        return self._against > 0


class Health:
    """Whether a service is healthy: it says that it lives, and searches get through where they are asked for.

    It is unhealthy after two failures in a row of either kind, and healthy again when both have answered twice.

    Args:
        is_healthy: what is known from before.
        is_searched: whether searches are asked for.
    """

    def __init__(self, *, is_healthy: bool | None = None, is_searched: bool = False) -> None:
        self._is_searched = is_searched
        self._life = Pulse(is_healthy)
        self._searches = Pulse(is_healthy or None)
        self._require_a_search()

    @property
    def is_healthy(self) -> bool | None:
        """Return ``None`` as long as nothing is known."""
        return self._searches.is_well is not False if self._life.is_well else self._life.is_well

    @property
    def is_alive_in_doubt(self) -> bool:
        """Return whether the next question after its life should come soon."""
        return self._life.is_well is None or self._life.is_in_doubt

    @property
    def is_search_in_doubt(self) -> bool:
        """Return whether the next search should come soon."""
        return self._searches.is_in_doubt

    def take_life(self, outcome: Outcome) -> None:
        """Take into account what the service says of itself."""
        self._life.take(outcome)
        self._require_a_search()

    def take_search(self, outcome: Outcome) -> None:
        """Take into account what became of a search."""
        self._searches.take(outcome)

    def _require_a_search(self) -> None:
        """See to it that who has been unhealthy, for whatever reason, has to answer searches first."""
        if self._is_searched and self._life.is_well is False and self._searches.is_well is not False:
            self._searches = Pulse(is_well=False)
