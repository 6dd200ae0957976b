"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One thing that was checked: what it is, how it is, and what to do.

    With a fault the site cannot serve. A next step without a fault is advice.
    """

    subject: str
    text: str
    is_fault: bool = False
    next_step: str = ""

    @property
    def is_advice(self) -> bool:
        """Whether there is something to do although the site can serve."""
        return bool(self.next_step) and not self.is_fault
