"""The result of one check of ``partsearch doctor``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """The subject of a check, its result, and what to do next.

    With a failure the site cannot serve. A next step without a failure is advice.
    """

    subject: str
    text: str
    is_failure: bool = False
    next_step: str = ""

    @property
    def is_advice(self) -> bool:
        """Whether the result has a next step although the site can serve."""
        return bool(self.next_step) and not self.is_failure
