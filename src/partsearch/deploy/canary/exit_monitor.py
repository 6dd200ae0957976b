"""The exit monitor: detects that a process of the canary exits, even if the supervisor starts it again at once."""

from collections.abc import Iterable

from partsearch.deploy.errors import CanaryFailedError
from partsearch.system.process_tree import is_running, process_tree


class ExitMonitor:
    """The processes of a slot with their workers, as they are when the monitor is created.

    Args:
        masters: the pids of the supervised processes.
    """

    def __init__(self, masters: Iterable[int]) -> None:
        self._processes = process_tree(*masters)

    def check(self) -> None:
        """Raise CanaryFailedError if one of the processes has exited."""
        for process in self._processes:
            if not is_running(process):
                raise CanaryFailedError(f"A process of the new release exited (pid {process.pid}).")
