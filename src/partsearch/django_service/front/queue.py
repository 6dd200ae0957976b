"""The queue of requests that wait for a thread: first come, first served, but each group within its share.

A group is a client's network, or the admin. A group that has its share under way waits in a line of its own, and keeps
nobody else waiting. The event loop puts in and takes out; threads take one request after the other without asking it.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar


class Ticket:
    """A place in the queue.

    Args:
        wait_seconds: how long it may wait.
        group: the name and the share of its group; None where it has no limit.
    """

    __slots__ = ("group", "is_next", "queued_at", "wait_seconds")

    def __init__(self, wait_seconds: float, group: tuple[str, int] | None = None) -> None:
        self.wait_seconds = wait_seconds
        self.group = group
        self.queued_at = 0.0
        self.is_next = False
        """Whether it waits for a thread alone, and no longer for its group's share."""


AnyTicket = TypeVar("AnyTicket", bound=Ticket)


class _Group(Generic[AnyTicket]):
    """The tickets of one group: how many are under way or next, and those that wait for its share."""

    __slots__ = ("active", "line")

    def __init__(self) -> None:
        self.active = 0
        self.line: deque[AnyTicket] = deque()


class RequestQueue(Generic[AnyTicket]):
    """The queue. ``clock`` tells the seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paused_seconds = 0.0
        self._lock = threading.Lock()
        self._next: SimpleQueue[AnyTicket | None] = SimpleQueue()
        self._queued: dict[AnyTicket, None] = {}
        self._groups: dict[str, _Group[AnyTicket]] = {}

    def __len__(self) -> int:
        """Return how many wait."""
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
        """Return the next ticket, when there is one; None when the queue is closed."""
        while (ticket := self._next.get()) is not None:
            with self._lock:
                if ticket in self._queued:
                    del self._queued[ticket]
                    return ticket
        return None

    def ended(self, ticket: AnyTicket) -> None:
        """Give back the share of a ticket that was taken: the next of its group may go."""
        if ticket.group is not None:
            with self._lock:
                self._release(ticket)

    def remove(self, ticket: AnyTicket) -> bool:
        """Take a ticket out of the queue, and return whether it was still in it."""
        with self._lock:
            if ticket not in self._queued:
                return False
            del self._queued[ticket]
            if ticket.is_next:
                self._release(ticket)
            return True

    def overdue(self) -> list[AnyTicket]:
        """Return the tickets that have waited too long."""
        now = self._now()
        with self._lock:
            return [ticket for ticket in self._queued if now - ticket.queued_at > ticket.wait_seconds]

    def pause(self, seconds: float) -> None:
        """Leave ``seconds`` that have just passed out of the time of all who wait."""
        self._paused_seconds += seconds

    def close(self, threads: int) -> None:
        """Let ``take`` return None to that many threads, after what waits already."""
        for _ in range(threads):
            self._next.put(None)

    def _now(self) -> float:
        return self._clock() - self._paused_seconds

    def _release(self, ticket: AnyTicket) -> None:
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
