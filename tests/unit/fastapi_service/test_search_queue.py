"""The search queue: the order of the searches, rejections, and that no slot is ever lost."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from partsearch.contract.errors import ProblemError
from partsearch.database.progress import SearchProgress
from partsearch.fastapi_service import search_queue
from partsearch.fastapi_service.search_queue import SearchQueue

_QUEUE_SECONDS = 0.05
_NOT_LATE = 10.0


@pytest.fixture(autouse=True)
def progress(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Shorten the waiting time, and return the rejections that the queue reports."""
    reported: list[str] = []

    class Recorded(SearchProgress):
        def record_rejection(self) -> None:
            reported.append("refused")

    monkeypatch.setattr(search_queue, "QUEUE_SECONDS", _QUEUE_SECONDS)
    monkeypatch.setattr(search_queue, "search_progress", Recorded())
    return reported


def wait_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_queue, "QUEUE_SECONDS", _NOT_LATE)


def new_queue(limit: int, client_limit: int = 1, *, is_away: Callable[[], bool] = lambda: False) -> SearchQueue:
    return SearchQueue(limit, client_limit, is_away)


class Searches:
    """Searches in a queue, and the order in which they have started."""

    def __init__(self, queue: SearchQueue) -> None:
        self.queue = queue
        self.started: list[str] = []

    def add(self, name: str, client: str | None = None) -> asyncio.Task[None]:
        async def wait() -> None:
            await self.queue.acquire(client)
            self.started.append(name)

        return asyncio.create_task(wait())


async def run_tasks() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_searches_start_in_the_order_of_their_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_long(monkeypatch)

    async def ask() -> None:
        searches = Searches(new_queue(1))
        for name in "abcd":
            searches.add(name)
        for there in range(1, 5):
            await run_tasks()
            assert searches.started == list("abcd")[:there]
            assert searches.queue.release(None) is (there < 4)

    run(ask)


def test_an_address_delays_others_by_at_most_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_long(monkeypatch)

    async def ask() -> None:
        searches = Searches(new_queue(2))
        for number in range(5):
            searches.add(f"greedy {number}", "greedy")
        await run_tasks()
        searches.add("modest", "modest")
        searches.add("other", "other")
        await run_tasks()
        assert searches.started == ["greedy 0", "modest"]
        # It has waited for longer than the next search of the client with many searches.
        searches.queue.release("greedy")
        await run_tasks()
        assert searches.started[2:] == ["other"]
        searches.queue.release("other")
        searches.queue.release("modest")
        await run_tasks()
        assert searches.started[3:] == ["greedy 1"]

    run(ask)


def test_a_search_without_an_address_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_long(monkeypatch)

    async def ask() -> None:
        searches = Searches(new_queue(3))
        for name in "abc":
            searches.add(name)
        await run_tasks()
        assert searches.started == list("abc")

    run(ask)


async def rejection(waiting: Awaitable[None]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as rejected:
        await waiting
    return rejected.value.status, rejected.value.headers["Retry-After"]


def test_a_search_that_waits_too_long_is_rejected(progress: list[str]) -> None:
    async def ask() -> None:
        searches = Searches(new_queue(1))
        await searches.queue.acquire("first")
        assert await rejection(searches.add("second", "second")) == (503, "1")
        assert progress == ["refused"]
        assert searches.queue.release("first") is False
        await searches.queue.acquire("second")

    run(ask)


def test_a_search_over_its_own_share_is_rejected_with_429(progress: list[str]) -> None:
    async def ask() -> None:
        searches = Searches(new_queue(2))
        await searches.queue.acquire("greedy")
        assert await rejection(searches.add("again", "greedy")) == (429, "1")
        assert progress == []
        searches.queue.release("greedy")
        await searches.queue.acquire("greedy")

    run(ask)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the queue, whose own timer does not fire during the test."""
    wait_long(monkeypatch)
    made = Clock()
    monkeypatch.setattr(search_queue, "time", made)
    return made


def test_no_search_is_rejected_while_the_database_is_away(clock: Clock) -> None:
    async def ask() -> None:
        is_away = True
        searches = Searches(new_queue(1, is_away=lambda: is_away))
        await searches.queue.acquire(None)
        waiting = searches.add("waiting")
        await run_tasks()
        clock.now += 3 * _NOT_LATE
        searches.queue._reject_overdue()
        is_away = False
        clock.now += 0.9 * _NOT_LATE
        searches.queue._reject_overdue()
        await run_tasks()
        assert not waiting.done()
        clock.now += 0.2 * _NOT_LATE
        searches.queue._reject_overdue()
        assert await rejection(waiting) == (503, "1")

    run(ask)


def test_the_time_starts_again_when_the_database_is_back(clock: Clock) -> None:
    async def ask() -> None:
        searches = Searches(new_queue(1))
        await searches.queue.acquire(None)
        waiting = searches.add("waiting")
        await run_tasks()
        clock.now += 0.9 * _NOT_LATE
        searches.queue.restart_clock()
        clock.now += 0.9 * _NOT_LATE
        searches.queue._reject_overdue()
        await run_tasks()
        assert not waiting.done()
        clock.now += 0.2 * _NOT_LATE
        searches.queue._reject_overdue()
        assert await rejection(waiting) == (503, "1")

    run(ask)


@pytest.mark.parametrize("moment", ["waiting", "over share", "may run", "rejected"])
def test_a_cancelled_search_keeps_no_slot(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    if moment != "rejected":
        wait_long(monkeypatch)

    async def ask() -> None:
        searches = Searches(new_queue(1))
        await searches.queue.acquire("first")
        leaving = searches.add("leaving", "first" if moment == "over share" else "second")
        await run_tasks()
        if moment == "rejected":
            searches.queue._reject(next(iter(searches.queue._waiting)))
        if moment == "may run":
            assert searches.queue.release("first") is True
        leaving.cancel()
        if moment == "waiting":
            # Its task has not run since the cancellation.
            assert searches.queue.release("first") is False
        await asyncio.wait([leaving])
        if moment in ("over share", "rejected"):
            searches.queue.release("first")
        assert (searches.queue.running, searches.queue.unclaimed) == (0, 0)
        for client in ("first", "second"):
            await asyncio.wait_for(searches.queue.acquire(client), 1)
            searches.queue.release(client)

    run(ask)


def test_the_slot_of_a_cancelled_search_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_long(monkeypatch)

    async def ask() -> None:
        searches = Searches(new_queue(1))
        await searches.queue.acquire(None)
        leaving, _ = searches.add("leaving"), searches.add("staying")
        await run_tasks()
        assert searches.queue.release(None) is True
        leaving.cancel()
        await run_tasks()
        assert searches.started == ["staying"]
        assert searches.queue.running == 1

    run(ask)
