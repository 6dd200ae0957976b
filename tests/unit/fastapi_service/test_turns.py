"""The queue of searches: who goes when, who is turned away, and that no turn is ever lost."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from partsearch.contract.errors import ProblemError
from partsearch.database.progress import SearchProgress
from partsearch.fastapi_service import turns
from partsearch.fastapi_service.turns import Turns

_QUEUE_SECONDS = 0.05
_NOT_LATE = 10.0


@pytest.fixture(autouse=True)
def progress(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A queue that turns away soon, and what it has told of that."""
    told: list[str] = []

    class Noted(SearchProgress):
        def record_rejection(self) -> None:
            told.append("refused")

    monkeypatch.setattr(turns, "QUEUE_SECONDS", _QUEUE_SECONDS)
    monkeypatch.setattr(turns, "search_progress", Noted())
    return told


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "QUEUE_SECONDS", _NOT_LATE)


def queue(most: int, most_per_client: int = 1, *, is_away: Callable[[], bool] = lambda: False) -> Turns:
    return Turns(most, most_per_client, is_away)


class Line:
    """Searches that wait, and the order in which they have had their turn."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.went: list[str] = []

    def add(self, name: str, client: str | None = None) -> asyncio.Task[None]:
        async def wait() -> None:
            await self.turns.take(client)
            self.went.append(name)

        return asyncio.create_task(wait())


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_first_come_first_served(monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)

    async def ask() -> None:
        line = Line(queue(1))
        for name in "abcd":
            line.add(name)
        for there in range(1, 5):
            await settled()
            assert line.went == list("abcd")[:there]
            assert line.turns.give_back(None) is (there < 4)

    run(ask)


def test_an_address_delays_others_by_its_share_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)

    async def ask() -> None:
        line = Line(queue(2))
        for number in range(5):
            line.add(f"greedy {number}", "greedy")
        await settled()
        line.add("modest", "modest")
        line.add("other", "other")
        await settled()
        assert line.went == ["greedy 0", "modest"]
        # It has stood in line for longer than the next of the greedy one.
        line.turns.give_back("greedy")
        await settled()
        assert line.went[2:] == ["other"]
        line.turns.give_back("other")
        line.turns.give_back("modest")
        await settled()
        assert line.went[3:] == ["greedy 1"]

    run(ask)


def test_whoever_has_no_address_has_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)

    async def ask() -> None:
        line = Line(queue(3))
        for name in "abc":
            line.add(name)
        await settled()
        assert line.went == list("abc")

    run(ask)


async def refusal(waiting: Awaitable[None]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as refused:
        await waiting
    return refused.value.status, refused.value.headers["Retry-After"]


def test_who_waits_too_long_is_turned_away(progress: list[str]) -> None:
    async def ask() -> None:
        line = Line(queue(1))
        await line.turns.take("first")
        assert await refusal(line.add("second", "second")) == (503, "1")
        assert progress == ["refused"]
        assert line.turns.give_back("first") is False
        await line.turns.take("second")

    run(ask)


def test_who_is_kept_by_its_own_share_alone_is_told_so(progress: list[str]) -> None:
    async def ask() -> None:
        line = Line(queue(2))
        await line.turns.take("greedy")
        assert await refusal(line.add("again", "greedy")) == (429, "1")
        assert progress == []
        line.turns.give_back("greedy")
        await line.turns.take("greedy")

    run(ask)


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the queue, whose own timer does not ring during the test."""
    patient(monkeypatch)
    made = Clock()
    monkeypatch.setattr(turns, "time", made)
    return made


def test_nobody_is_turned_away_while_the_database_is_away(clock: Clock) -> None:
    async def ask() -> None:
        is_away = True
        line = Line(queue(1, is_away=lambda: is_away))
        await line.turns.take(None)
        waiting = line.add("waiting")
        await settled()
        clock.now += 3 * _NOT_LATE
        line.turns._refuse_late()
        is_away = False
        clock.now += 0.9 * _NOT_LATE
        line.turns._refuse_late()
        await settled()
        assert not waiting.done()
        clock.now += 0.2 * _NOT_LATE
        line.turns._refuse_late()
        assert await refusal(waiting) == (503, "1")

    run(ask)


def test_the_time_begins_anew_when_the_database_is_back(clock: Clock) -> None:
    async def ask() -> None:
        line = Line(queue(1))
        await line.turns.take(None)
        waiting = line.add("waiting")
        await settled()
        clock.now += 0.9 * _NOT_LATE
        line.turns.restart_clock()
        clock.now += 0.9 * _NOT_LATE
        line.turns._refuse_late()
        await settled()
        assert not waiting.done()
        clock.now += 0.2 * _NOT_LATE
        line.turns._refuse_late()
        assert await refusal(waiting) == (503, "1")

    run(ask)


@pytest.mark.parametrize("moment", ["while it waits", "aside", "with a turn", "refused"])
def test_who_is_cancelled_takes_no_turn_along(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    if moment != "refused":
        patient(monkeypatch)

    async def ask() -> None:
        line = Line(queue(1))
        await line.turns.take("first")
        leaving = line.add("leaving", "first" if moment == "aside" else "second")
        await settled()
        if moment == "refused":
            line.turns._refuse(next(iter(line.turns._waiting)))
        if moment == "with a turn":
            assert line.turns.give_back("first") is True
        leaving.cancel()
        if moment == "while it waits":
            # Before it has come round to leaving.
            assert line.turns.give_back("first") is False
        await asyncio.wait([leaving])
        if moment in ("aside", "refused"):
            line.turns.give_back("first")
        assert (line.turns.running, line.turns.unclaimed) == (0, 0)
        for client in ("first", "second"):
            await asyncio.wait_for(line.turns.take(client), 1)
            line.turns.give_back(client)

    run(ask)


def test_the_turn_of_one_who_is_cancelled_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)

    async def ask() -> None:
        line = Line(queue(1))
        await line.turns.take(None)
        leaving, _ = line.add("leaving"), line.add("staying")
        await settled()
        assert line.turns.give_back(None) is True
        leaving.cancel()
        await settled()
        assert line.went == ["staying"]
        assert line.turns.running == 1

    run(ask)
