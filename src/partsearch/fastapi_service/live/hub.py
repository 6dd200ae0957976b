"""Who watches which search, and asking the database anew when the catalog has changed.

Equal searches are one watch, which is asked once for all its sockets. A change makes every watch stale, for it does not
say what it has changed. Changes that come close together are folded into one round of questions.
"""

import asyncio
import logging
import random
import time
from typing import Protocol

from partsearch.contract.errors import ProblemError, internal_error
from partsearch.fastapi_service.composer import Statement
from partsearch.fastapi_service.database import Answers
from partsearch.fastapi_service.live.messages import problem_message, result_message

logger = logging.getLogger(__name__)

_FOLD_SECONDS = 0.05
"""How long a round waits for more changes."""
_REST_SECONDS = 0.25
"""How far apart two rounds are while change follows change: nobody reads faster, and others get a turn."""
_LONGEST_REST_SECONDS = 0.4
_ASKED_AT_ONCE = 2
"""Questions of a round, and as many of new watches, that may be under way: ordinary searches keep their turns.

A connection is given to whoever has waited longest for one, so none of these keeps a search waiting for long.
"""

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0


class Subscriber(Protocol):
    """Whoever is told of the answers to a watch."""

    def changed(self, watch: "Watch") -> None:
        """Is told that ``watch`` has a newer message."""


class Watch:
    """One search, whoever looks at it, and the newest message for them.

    ``revision`` is another number whenever the message is to be sent.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.subscribers: set[Subscriber] = set()
        self.message: str | None = None
        self.revision = 0
        self.is_failed = False
        self.asked_at = -1
        self.asking: asyncio.Task[None] | None = None
        self._tells_at: int | None = None

    def tell_from(self, version: int) -> None:
        """Has the next answer that is not older than ``version`` sent, even if it is the same as the last."""
        self._tells_at = version

    def take(self, message: str, *, is_failed: bool) -> None:
        """Takes what the last question came to, and tells the subscribers where it is news."""
        self.is_failed = is_failed
        is_awaited = self._tells_at is not None and self.asked_at >= self._tells_at
        if is_awaited and not is_failed:
            self._tells_at = None
        elif message == self.message:
            return
        self.message = message
        self.revision += 1
        for subscriber in list(self.subscribers):
            subscriber.changed(self)


class Hub:
    """The watches of one process.

    Args:
        database: what is asked: the primary, since a replica may lag behind the news of a change.
    """

    def __init__(self, database: Answers) -> None:
        self._database = database
        self._watches: dict[tuple[str, str], Watch] = {}
        self._version = 0
        self._stale = asyncio.Event()
        self._is_retry_due = False
        self._retry: asyncio.TimerHandle | None = None
        self._first_questions = asyncio.Semaphore(_ASKED_AT_ONCE)

    def join(self, statement: Statement, subscriber: Subscriber) -> Watch:
        """The watch of ``statement``, which from now on tells ``subscriber``."""
        watch = self._watches.setdefault(_key(statement), Watch(statement))
        watch.subscribers.add(subscriber)
        return watch

    def leave(self, watch: Watch, subscriber: Subscriber) -> None:
        """Ends what ``join`` began; a watch that nobody looks at is forgotten, and its question is given up."""
        watch.subscribers.discard(subscriber)
        if not watch.subscribers:
            self._watches.pop(_key(watch.statement), None)
            if watch.asking is not None:
                watch.asking.cancel()

    async def answer(self, watch: Watch) -> None:
        """Returns when the message of ``watch`` is as new as the last change that was heard of."""
        if not self._is_fresh(watch):
            async with self._first_questions:
                await self._refresh(watch)
            if watch.is_failed:
                self._retry_failed()

    def changed(self) -> None:
        """Notes that the catalog has changed."""
        self._version += 1
        self._stale.set()

    def recovered(self) -> None:
        """Notes that changes may have gone unheard: every socket is sent a fresh answer, be it the same."""
        self.changed()
        self._is_retry_due = True
        for watch in self._watches.values():
            watch.tell_from(self._version)

    def lost(self, problem: ProblemError) -> None:
        """Tells every socket that its answer may be old, and why."""
        for watch in list(self._watches.values()):
            watch.take(problem_message(problem), is_failed=True)

    async def run(self) -> None:
        """Asks all stale watches anew, round after round, until cancelled."""
        pause, ended, lasted = _FIRST_PAUSE_SECONDS, 0.0, 0.0
        while True:
            await self._stale.wait()
            # After a long round a rest as long, so that searches get half of the machine at least. And never quite the
            # same rest: all processes hear of a change at once, and would all ask at once.
            rest = max(random.uniform(0.8, 1.2) * _REST_SECONDS, min(lasted, _LONGEST_REST_SECONDS))  # noqa: S311
            await asyncio.sleep(max(_FOLD_SECONDS, rest + ended - time.monotonic()))
            self._stale.clear()
            began = time.monotonic()
            await self._ask_all()
            ended = time.monotonic()
            lasted = ended - began
            pause = self._try_again_after(pause)

    def _try_again_after(self, pause: float) -> float:
        """Sees to it that failed watches are asked again; returns the pause for the time after that."""
        if not any(watch.is_failed for watch in self._watches.values()):
            return _FIRST_PAUSE_SECONDS
        if self._retry is None:
            loop = asyncio.get_running_loop()
            self._retry = loop.call_later(random.uniform(pause / 2, pause), self._retry_failed)  # noqa: S311
            return min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return pause

    def _retry_failed(self) -> None:
        self._retry = None
        self._is_retry_due = True
        self._stale.set()

    def _stale_watches(self) -> list[Watch]:
        """The watches to be asked; those that failed only now and then, since they may take all of their time."""
        asks_failed, self._is_retry_due = self._is_retry_due, False
        stale = [watch for watch in self._watches.values() if not self._is_fresh(watch)]
        return [watch for watch in stale if asks_failed or not watch.is_failed]

    async def _ask_all(self) -> None:
        stale = iter(self._stale_watches())

        async def ask_on() -> None:
            for watch in stale:
                if watch.subscribers:
                    await self._refresh(watch)

        async with asyncio.TaskGroup() as group:
            for _ in range(_ASKED_AT_ONCE):
                group.create_task(ask_on())

    def _is_fresh(self, watch: Watch) -> bool:
        return watch.asked_at >= self._version and watch.asking is None and not watch.is_failed

    async def _refresh(self, watch: Watch) -> None:
        """Has ``watch`` asked, by a question that is not older than the last change."""
        wanted = self._version
        if watch.asking is not None and watch.asked_at < wanted:
            await asyncio.wait([watch.asking])
        if watch.asking is None:
            if not watch.subscribers or (watch.asked_at >= wanted and not watch.is_failed):
                return
            watch.asking = asyncio.create_task(self._ask(watch))
        # It is the question of all who look at the watch: who is cancelled does not cancel it, and the other way round.
        await asyncio.wait([watch.asking])

    async def _ask(self, watch: Watch) -> None:
        watch.asked_at = self._version
        try:
            message, is_failed = result_message(await self._database.read(watch.statement)), False
        except ProblemError as problem:
            message, is_failed = problem_message(problem), True
        except Exception:
            logger.exception("A live search failed")
            message, is_failed = problem_message(internal_error()), True
        finally:
            watch.asking = None
        watch.take(message, is_failed=is_failed)


def _key(statement: Statement) -> tuple[str, str]:
    sql, values = statement
    return sql, repr(values)
