"""What a slot is doing."""

from dataclasses import dataclass

from partsearch.operation.names import Service
from partsearch.operation.release import Release


@dataclass(frozen=True)
class SlotStatus:
    """The release of a slot, and of each of its services the pid and the state that the supervisor knows.

    A service that the supervisor does not know is ``UNKNOWN``; the other states are its own, such as ``RUNNING``.
    """

    release: Release
    pids: dict[Service, int | None]
    states: dict[Service, str]

    @property
    def is_running(self) -> bool:
        """Whether both services run."""
        return all(state == "RUNNING" for state in self.states.values())
