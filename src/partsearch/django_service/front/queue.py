"""The queue of requests that wait for a thread: first in, first out, with a limit on each group's share of threads.

A group is a client's network, or the admin. Requests beyond the share of a group wait in a line of their own and do not
delay other groups. The event loop adds and removes requests. Threads take them without the event loop.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar


class Ticket:
    """An entry of the queue.

    Args:
        wait_seconds: how long it may wait.
        group: the name and the share of its group, or None for no limit.
    """

    __slots__ = ("group", "is_next", "queued_at", "wait_seconds")

    def __init__(self, wait_seconds: float, group: tuple[str, int] | None = None) -> None:
        self.wait_seconds = wait_seconds
        self.group = group
        self.queued_at = 0.0
        self.is_next = False
        """Whether it waits only for a thread, not for the share of its group."""


AnyTicket = TypeVar("AnyTicket", bound=Ticket)


class _Group(Generic[AnyTicket]):
    """One group: the number of its tickets that run or are next, and the tickets that wait for its share."""

    __slots__ = ("active", "line")

    def __init__(self) -> None:
        self.active = 0
        self.line: deque[AnyTicket] = deque()


class RequestQueue(Generic[AnyTicket]):
    """The queue. ``clock`` returns the time in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paused_seconds = 0.0
        self._lock = threading.Lock()
        self._next: SimpleQueue[AnyTicket | None] = SimpleQueue()
        self._queued: dict[AnyTicket, None] = {}
        self._groups: dict[str, _Group[AnyTicket]] = {}

    def __len__(self) -> int:
        """Return how many tickets wait."""
        return len(self._queued)

    def put(self, ticket: AnyTicket) -> None:
        """Add a ticket to the end of the queue."""
        ticket.queued_at = self._now()
        with self._lock:
            ticket.is_next = False
            self._queued[ticket] = None
            if ticket.group is not None:
                name, share = ticket.group
                group = self._groups.setdefault(name, _Group())
                if group.active >= share:
                    group.line.append(ticket)
                    return
                group.active += 1
            ticket.is_next = True
        self._next.put(ticket)

    def take(self) -> AnyTicket | None:
        """Wait for the next ticket and return it. Return None when the queue is closed."""
        while (ticket := self._next.get()) is not None:
            with self._lock:
                if ticket in self._queued:
                    del self._queued[ticket]
                    return ticket
        return None

    def release(self, ticket: AnyTicket) -> None:
        """Release the share of a ticket that was taken, so that the next ticket of its group may run."""
        if ticket.group is not None:
            with self._lock:
                self._release_share(ticket)

    def remove(self, ticket: AnyTicket) -> bool:
        """Remove a ticket, and return whether it was still in the queue."""
        with self._lock:
            if ticket not in self._queued:
                return False
            del self._queued[ticket]
            if ticket.is_next:
                self._release_share(ticket)
            return True

    def overdue(self) -> list[AnyTicket]:
        """Return the tickets that have waited longer than they may."""
        now = self._now()
        with self._lock:
            return [ticket for ticket in self._queued if now - ticket.queued_at > ticket.wait_seconds]

    def pause(self, seconds: float) -> None:
        """Do not count the last ``seconds`` as waiting time of any ticket."""
        self._paused_seconds += seconds

    def close(self, threads: int) -> None:
        """Make ``take`` return None to that many threads, after the tickets that wait already."""
        for _ in range(threads):
            self._next.put(None)

    def _now(self) -> float:
        return self._clock() - self._paused_seconds

    def _release_share(self, ticket: AnyTicket) -> None:
        if ticket.group is None:
            return
        name = ticket.group[0]
        group = self._groups[name]
        group.active -= 1
        while group.line:
            successor = group.line.popleft()
            if successor in self._queued:
                group.active += 1
                successor.is_next = True
                self._next.put(successor)
                return
        if not group.active:
            del self._groups[name]
