"""Waking at the right microsecond."""

import select
import selectors


class PreciseSelector(selectors.DefaultSelector):
    """A selector that wakes to the microsecond: epoll by itself rounds up to the next millisecond."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits as the base class does; a long wait in select(2), which takes the epoll descriptor like any other."""
        if timeout is None or timeout <= 0 or not hasattr(self, "fileno"):
            return super().select(timeout)
        select.select([self.fileno()], [], [], timeout)
        return super().select(0)
