"""Looks after the requests under way every 50 ms: what is over, whose client has left, who has waited too long."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg

from partsearch.contract.errors import address_busy, service_busy
from partsearch.database.progress import search_progress
from partsearch.django_service.front.body import is_read
from partsearch.django_service.front.problems import send_problem
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import Request
from partsearch.django_service.front.rules import Kind
from partsearch.django_service.waits import database_waits

logger = logging.getLogger(__name__)

_SWEEP_SECONDS = 0.05
_WATCHED_AFTER_SECONDS = 0.02
"""Asking granian for the end of a connection costs as much as a small request: most end before they are worth it."""


class Sweep:
    """The sweep over the requests of one process. All but the cancellations run in the event loop."""

    def __init__(self, queue: "RequestQueue[Request]", threads: int) -> None:
        self._queue = queue
        self._under_way: dict[Request, None] = {}
        self._cancelling = ThreadPoolExecutor(threads, "statement-cancel")
        self._timer: asyncio.TimerHandle | None = None
        self._swept = 0.0
        self._loop: asyncio.AbstractEventLoop

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work in ``loop`` from now on."""
        self._loop = loop

    def stop(self) -> None:
        """End the timer, the threads and what is left of the requests."""
        if self._timer is not None:
            self._timer.cancel()
        for request in self._under_way:
            request.is_over = True
        self._sweep_requests(time.monotonic())
        self._cancelling.shutdown(wait=False, cancel_futures=True)

    def add(self, request: Request) -> None:
        """Look after a request that has just come, until it is discarded."""
        self._under_way[request] = None
        if self._timer is None:
            self._swept = time.monotonic()
            self._timer = self._loop.call_later(_SWEEP_SECONDS, self._sweep)

    def discard(self, request: Request) -> None:
        """Leave a request that has ended."""
        del self._under_way[request]
        if request.watch is not None:
            request.watch.cancel()

    def _sweep(self) -> None:
        now = time.monotonic()
        if database_waits:
            self._queue.pause(now - self._swept)
        self._swept = now
        self._sweep_requests(now)
        for request in self._queue.overdue():
            self._refuse(request)
        self._timer = self._loop.call_later(_SWEEP_SECONDS, self._sweep) if self._under_way else None

    def _sweep_requests(self, now: float) -> None:
        for request in self._under_way:
            if request.is_over:
                request.end_turn()
            elif now - request.arrived < _WATCHED_AFTER_SECONDS:
                break  # They are in the order of their arrival.
            elif request.watch is None:
                request.watch = request.protocol.client_disconnect()
                request.watch.add_done_callback(partial(self._take_leave, request))
            elif request.client.has_left:
                self._cancel(request)

    def _take_leave(self, request: Request, watch: Any) -> None:
        """Drop a request whose client has left, or cancel its statement. What has ended is no longer watched."""
        if watch.cancelled():
            return
        if self._queue.remove(request):
            request.is_over = True
        elif request.is_cancellable:
            request.client.has_left = True
            self._cancel(request)

    def _cancel(self, request: Request) -> None:
        if request.cancellation is None or request.cancellation.done():
            request.cancellation = self._cancelling.submit(_cancel_statement, request)

    def _refuse(self, request: Request) -> None:
        if not self._queue.remove(request):
            return
        is_own_fault = request.rule.kind is Kind.SEARCH and not request.is_next
        problem = address_busy() if is_own_fault else service_busy()
        send_problem(request.scope, request.protocol, problem, closes=not is_read(request.body))
        if request.rule.kind is Kind.SEARCH and not is_own_fault:
            search_progress.record_rejection()
        request.is_over = True


def _cancel_statement(request: Request) -> None:
    try:
        request.client.cancel_statement()
    except psycopg.Error as error:
        logger.warning("A statement could not be cancelled error=%s", error)
