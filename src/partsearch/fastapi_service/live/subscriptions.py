"""The subscriptions of live search, and their updates after a change of the catalog.

Equal searches share one subscription, which runs one query for all its subscribers. A change does not say which rows it
has changed, so it makes every subscription stale. Changes close together lead to one round of queries.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Protocol

from partsearch.contract.errors import ProblemError, internal_error
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.answers import read_answer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.fastapi_service.live.messages import problem_message, result_message
from partsearch.fastapi_service.typed.texts import TypedTexts

logger = logging.getLogger(__name__)

_DEBOUNCE_SECONDS = 0.05
"""How long a round waits for further changes."""
_ROUND_INTERVAL_SECONDS = 0.25
"""The interval between two rounds while changes continue: nobody reads faster, and other searches get a turn."""
_LONGEST_ROUND_INTERVAL_SECONDS = 0.4
_CONCURRENT_QUERIES = 2
"""How many queries of a round, and as many of new subscriptions, may run at a time, so that searches get to run too.

The search queue is first in, first out, so none of these delays a search for long.
"""

_WORDS_SECONDS = 13.0
"""How long after a change searches with ``q`` follow the words of the dictionary: by then the change is folded."""

_NOTICE_SECONDS = 1.0

_FIRST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 30.0


class Subscriber(Protocol):
    """Receives the messages of a subscription."""

    def changed(self, subscription: "Subscription") -> None:
        """Handle a newer message of ``subscription``."""


class Subscription:
    """One search, its subscribers, and the newest message for them.

    ``revision`` changes whenever the message must be sent.
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        self.subscribers: set[Subscriber] = set()
        self.message: str | None = None
        self.revision = 0
        self.is_failed = False
        self.queried_at = -1
        self.query: asyncio.Task[None] | None = None
        self._sends_from: int | None = None

    def send_from(self, version: int) -> None:
        """Send the first answer that is as new as ``version``, even if it equals the last one."""
        self._sends_from = version

    def take(self, message: str, *, is_failed: bool) -> None:
        """Take the message of the last query, and notify the subscribers if it is new to them."""
        self.is_failed = is_failed
        is_due = self._sends_from is not None and self.queried_at >= self._sends_from
        if is_due and not is_failed:
            self._sends_from = None
        elif message == self.message:
            return
        self.message = message
        self.revision += 1
        for subscriber in list(self.subscribers):
            subscriber.changed(self)


class Subscriptions:
    """The subscriptions of one process.

    Args:
        database: the primary, since a replica may be behind the notification of a change.
        typed_texts: understands ``q``.
        notice_search: called when searches begin to run, so that the changes are folded that they would have to read.
    """

    def __init__(self, database: ReadsStatements, typed_texts: TypedTexts, notice_search: Callable[[], None]) -> None:
        self._database = database
        self._typed_texts = typed_texts
        self._notice_search = notice_search
        self._by_search: dict[str, Subscription] = {}
        self._version = 0
        self._stale = asyncio.Event()
        self._is_retry_due = False
        self._retry: asyncio.TimerHandle | None = None
        self._first_queries = asyncio.Semaphore(_CONCURRENT_QUERIES)
        self._changed_at = 0.0
        self._words_task: asyncio.Task[None] | None = None

    def join(self, search: Search, subscriber: Subscriber) -> Subscription:
        """Return the subscription of ``search``, which notifies ``subscriber`` from now on."""
        subscription = self._by_search.setdefault(_key(search), Subscription(search))
        subscription.subscribers.add(subscriber)
        return subscription

    def leave(self, subscription: Subscription, subscriber: Subscriber) -> None:
        """Undo ``join``. A subscription without subscribers is removed and its query cancelled."""
        subscription.subscribers.discard(subscriber)
        if not subscription.subscribers:
            self._by_search.pop(_key(subscription.search), None)
            if subscription.query is not None:
                subscription.query.cancel()

    async def update(self, subscription: Subscription) -> None:
        """Wait until the message of ``subscription`` is as new as the last known change."""
        if not self._is_fresh(subscription):
            async with self._first_queries:
                await self._refresh(subscription)
            if subscription.is_failed:
                self._retry_failed()

    def changed(self) -> None:
        """Note that the catalog has changed."""
        self._version += 1
        self._stale.set()
        self._changed_at = time.monotonic()
        self._follow_words()

    def _has_typed(self) -> bool:
        return any(subscription.search.q is not None for subscription in self._by_search.values())

    def _follows_words(self) -> bool:
        return time.monotonic() - self._changed_at < _WORDS_SECONDS or not self._typed_texts.known.is_complete

    def _follow_words(self) -> None:
        if self._words_task is None and self._has_typed():
            self._words_task = asyncio.create_task(self._await_words())

    async def _await_words(self) -> None:
        """Update searches with ``q`` once more when the words of a change are known: corrections may need them.

        Folds need somebody who searches.
        """
        known = self._typed_texts.known.words
        while self._has_typed() and self._follows_words():
            self._notice_search()
            await asyncio.sleep(_NOTICE_SECONDS)
            try:
                await self._typed_texts.refresh()
            except ProblemError:
                continue  # the keeper of the dictionary has logged it
            if self._typed_texts.known.words is not known:
                known = self._typed_texts.known.words
                for subscription in self._by_search.values():
                    if subscription.search.q is not None:
                        subscription.queried_at = -1
                self._stale.set()
        self._words_task = None

    def recovered(self) -> None:
        """Note that changes may have been missed: every socket gets a new answer, even one that equals the last."""
        self.changed()
        self._is_retry_due = True
        for subscription in self._by_search.values():
            subscription.send_from(self._version)

    def lost(self, problem: ProblemError) -> None:
        """Send every socket the problem: its answer may be out of date."""
        for subscription in list(self._by_search.values()):
            subscription.take(problem_message(problem), is_failed=True)

    async def run(self) -> None:
        """Update all stale subscriptions, round after round, until cancelled."""
        retry_delay, ended, lasted = _FIRST_RETRY_SECONDS, 0.0, 0.0
        while True:
            await self._stale.wait()
            # After a long round the interval is as long, so searches get at least half of the machine. It is random,
            # because all processes are notified of a change at once and would all query at once.
            interval = random.uniform(0.8, 1.2) * _ROUND_INTERVAL_SECONDS  # noqa: S311
            interval = max(interval, min(lasted, _LONGEST_ROUND_INTERVAL_SECONDS))
            await asyncio.sleep(max(_DEBOUNCE_SECONDS, interval + ended - time.monotonic()))
            self._stale.clear()
            began = time.monotonic()
            await self._update_stale()
            ended = time.monotonic()
            lasted = ended - began
            retry_delay = self._schedule_retry(retry_delay)

    def _schedule_retry(self, delay: float) -> float:
        """Schedule another attempt for failed subscriptions, and return the delay of the attempt after it."""
        if not any(subscription.is_failed for subscription in self._by_search.values()):
            return _FIRST_RETRY_SECONDS
        if self._retry is None:
            loop = asyncio.get_running_loop()
            self._retry = loop.call_later(random.uniform(delay / 2, delay), self._retry_failed)  # noqa: S311
            return min(2 * delay, _LONGEST_RETRY_SECONDS)
        return delay

    def _retry_failed(self) -> None:
        self._retry = None
        self._is_retry_due = True
        self._stale.set()

    def _stale_subscriptions(self) -> list[Subscription]:
        """Return the subscriptions to update. Failed ones, which may run up to their time limit, only for a retry."""
        includes_failed, self._is_retry_due = self._is_retry_due, False
        stale = [subscription for subscription in self._by_search.values() if not self._is_fresh(subscription)]
        return [subscription for subscription in stale if includes_failed or not subscription.is_failed]

    async def _update_stale(self) -> None:
        stale = iter(self._stale_subscriptions())

        async def update_next() -> None:
            for subscription in stale:
                if subscription.subscribers:
                    await self._refresh(subscription)

        async with asyncio.TaskGroup() as group:
            for _ in range(_CONCURRENT_QUERIES):
                group.create_task(update_next())

    async def _answer(self, search: Search) -> str:
        understood = await self._typed_texts.understood(search)
        return (await read_answer(self._database, search, understood)).decode()

    def _is_fresh(self, subscription: Subscription) -> bool:
        return subscription.queried_at >= self._version and subscription.query is None and not subscription.is_failed

    async def _refresh(self, subscription: Subscription) -> None:
        """Run a query for ``subscription`` that is as new as the last change, or wait for one that runs."""
        version = self._version
        if subscription.query is not None and subscription.queried_at < version:
            await asyncio.wait([subscription.query])
        if subscription.query is None:
            if not subscription.subscribers or (subscription.queried_at >= version and not subscription.is_failed):
                return
            subscription.query = asyncio.create_task(self._query(subscription))
        # All subscribers share the query: the cancellation of one of them does not cancel it, nor the other way round.
        await asyncio.wait([subscription.query])

    async def _query(self, subscription: Subscription) -> None:
        subscription.queried_at = self._version
        self._notice_search()
        try:
            # What is best for it may have changed since it began.
            message, is_failed = result_message(await self._answer(subscription.search)), False
        except ProblemError as problem:
            message, is_failed = problem_message(problem), True
        except Exception:
            logger.exception("A live search failed")
            message, is_failed = problem_message(internal_error()), True
        finally:
            subscription.query = None
        subscription.take(message, is_failed=is_failed)
        if subscription.search.q is not None and not self._typed_texts.known.is_complete:
            self._follow_words()


def _key(search: Search) -> str:
    """Return the same for searches whose answers are equal."""
    filters = filters_of(search)
    page = (search.order, search.offset, search.per_page, search.highlight)
    # The answer repeats the facets as they were asked for.
    facets = (search.facets, search.params) if search.facets else None
    return repr((filters.names, filters.values, search.q, page, facets))
