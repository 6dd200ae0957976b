"""The request queue: its order, shares and waiting times, by a clock of its own."""

from dataclasses import dataclass

import pytest

from partsearch.django_service.front.queue import RequestQueue, Ticket


@dataclass
class Clock:
    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> RequestQueue[Ticket]:
    return RequestQueue(clock)


def put(queue: RequestQueue[Ticket], number: int, group: str | None = None, share: int = 1) -> list[Ticket]:
    """Put new tickets into the queue, and return them."""
    tickets = [Ticket(1.0, (group, share) if group else None) for _ in range(number)]
    for ticket in tickets:
        queue.put(ticket)
    return tickets


def taken(queue: RequestQueue[Ticket]) -> list[Ticket]:
    """Return the tickets that threads can take now without waiting, in their order."""
    queue.close(1)
    return list(iter(queue.take, None))


def test_tickets_leave_in_the_order_of_their_arrival(queue: RequestQueue[Ticket]) -> None:
    tickets = put(queue, 3)
    assert len(queue) == 3
    assert taken(queue) == tickets
    assert len(queue) == 0


def test_a_group_has_its_share_and_delays_no_other(queue: RequestQueue[Ticket]) -> None:
    greedy = put(queue, 5, "greedy", share=2)
    others = put(queue, 2) + put(queue, 1, "other")
    assert taken(queue) == [*greedy[:2], *others]
    queue.release(greedy[0])
    assert taken(queue) == [greedy[2]]
    queue.release(greedy[1])
    queue.release(greedy[2])
    assert taken(queue) == greedy[3:]


def test_the_next_ticket_of_a_group_goes_to_the_end_of_the_queue(queue: RequestQueue[Ticket]) -> None:
    first, second = put(queue, 2, "greedy")
    assert taken(queue) == [first]
    other = put(queue, 1)
    queue.release(first)
    assert taken(queue) == [*other, second]


@pytest.mark.parametrize("removed", [0, 1], ids=["the next", "one in the line"])
def test_a_removed_ticket_releases_its_share(queue: RequestQueue[Ticket], removed: int) -> None:
    tickets = put(queue, 3, "group")
    assert queue.remove(tickets[removed])
    assert not queue.remove(tickets[removed])
    left = [ticket for ticket in tickets if ticket is not tickets[removed]]
    assert taken(queue) == left[:1]
    queue.release(left[0])
    assert taken(queue) == left[1:]


def test_a_taken_ticket_cannot_be_removed(queue: RequestQueue[Ticket]) -> None:
    (ticket,) = put(queue, 1)
    assert taken(queue) == [ticket]
    assert not queue.remove(ticket)


def test_an_empty_group_is_forgotten(queue: RequestQueue[Ticket]) -> None:
    for _ in range(2):
        first, second = put(queue, 2, "group")
        queue.remove(second)
        assert taken(queue) == [first]
        queue.release(first)
    assert queue._groups == {}


def test_a_ticket_that_waits_too_long_is_overdue(queue: RequestQueue[Ticket], clock: Clock) -> None:
    early = put(queue, 1) + put(queue, 2, "group")
    clock.seconds += 0.7
    late = put(queue, 1)
    clock.seconds += 0.4
    assert queue.overdue() == early
    assert [ticket.is_next for ticket in early] == [True, True, False]
    for ticket in early:
        queue.remove(ticket)
    assert queue.overdue() == []
    assert taken(queue) == late


def test_a_pause_is_not_waiting_time(queue: RequestQueue[Ticket], clock: Clock) -> None:
    tickets = put(queue, 1)
    clock.seconds += 5
    queue.pause(5)
    assert queue.overdue() == []
    tickets += put(queue, 1)
    clock.seconds += 1.1
    assert queue.overdue() == tickets


def test_each_ticket_has_its_own_time_limit(queue: RequestQueue[Ticket], clock: Clock) -> None:
    patient = Ticket(10.0)
    queue.put(patient)
    clock.seconds += 9
    assert queue.overdue() == []
    clock.seconds += 1.1
    assert queue.overdue() == [patient]
