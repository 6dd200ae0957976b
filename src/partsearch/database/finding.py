"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: what it is, how it is, and, where it is at fault, what to do."""

    subject: str
    text: str
    is_fault: bool = False
    next_step: str = ""
