"""Whether a service of a colour is well, from one probe after the other. Nothing but the rule; others probe."""

from dataclasses import dataclass
from enum import StrEnum

_IN_A_ROW = 2


class Outcome(StrEnum):
    """What a probe came to."""

    ANSWERED = "answered"
    FAILED = "failed"
    GONE = "gone"


@dataclass
class Pulse:
    """Two failures in a row make it sick, two answers well; a process that is gone is sick at once.

    ``is_well`` is ``None`` as long as nothing is known. The first answer of all is enough.
    """

    is_well: bool | None = None
    _against: int = 0

    def take(self, outcome: Outcome) -> None:
        """Takes a probe into account."""
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
