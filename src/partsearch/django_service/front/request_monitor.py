"""Checks the running requests every 50 ms: which are over, whose client has disconnected, which waited too long."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg

from partsearch.contract.errors import address_busy, exports_busy, service_busy
from partsearch.database.progress import search_progress
from partsearch.django_service.database.waits import database_waits
from partsearch.django_service.front.body import is_read
from partsearch.django_service.front.direct_responses import send_problem
from partsearch.django_service.front.limits import Kind
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import FrontRequest

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 0.05
_DISCONNECT_AFTER_SECONDS = 0.02
"""When granian is asked for a disconnect. It costs as much as a small request, and most requests end before."""


class RequestMonitor:
    """The monitor of the requests of one process. It runs in the event loop, but for the cancel requests."""

    def __init__(self, queue: "RequestQueue[FrontRequest]", threads: int) -> None:
        self._queue = queue
        self._running: dict[FrontRequest, None] = {}
        self._cancel_threads = ThreadPoolExecutor(threads, "statement-cancel")
        self._timer: asyncio.TimerHandle | None = None
        self._checked = 0.0
        self._loop: asyncio.AbstractEventLoop

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use ``loop`` for the checks."""
        self._loop = loop

    def stop(self) -> None:
        """Stop the checks and the threads, and end the requests that are left."""
        if self._timer is not None:
            self._timer.cancel()
        for request in self._running:
            request.is_over = True
        self._check_requests(time.monotonic())
        self._cancel_threads.shutdown(wait=False, cancel_futures=True)

    def add(self, request: FrontRequest) -> None:
        """Start monitoring a request that has just arrived."""
        self._running[request] = None
        if self._timer is None:
            self._checked = time.monotonic()
            self._timer = self._loop.call_later(_CHECK_SECONDS, self._check)

    def discard(self, request: FrontRequest) -> None:
        """Stop monitoring a request that has ended."""
        del self._running[request]
        if request.disconnect is not None:
            request.disconnect.cancel()
            # Granian's future keeps its callback, which holds the request. Python's garbage collection cannot look into
            # that future, so a reference back to it would keep both for ever.
            request.disconnect = None

    def _check(self) -> None:
        now = time.monotonic()
        if database_waits:
            self._queue.pause(now - self._checked)
        self._checked = now
        self._check_requests(now)
        for request in self._queue.overdue():
            self._reject(request)
        self._timer = self._loop.call_later(_CHECK_SECONDS, self._check) if self._running else None

    def _check_requests(self, now: float) -> None:
        for request in self._running:
            if request.is_over:
                request.end_turn()
            elif now - request.arrived < _DISCONNECT_AFTER_SECONDS:
                break  # The requests are in the order of their arrival.
            elif request.disconnect is None:
                request.disconnect = request.protocol.client_disconnect()
                request.disconnect.add_done_callback(partial(self._on_disconnect, request))
            elif request.client.has_disconnected:
                self._cancel(request)

    def _on_disconnect(self, request: FrontRequest, disconnect: Any) -> None:
        """Drop a request whose client has disconnected, or cancel its statement."""
        if disconnect.cancelled():  # The request ended first.
            return
        if self._queue.remove(request):
            request.is_over = True
        elif request.is_cancellable:
            request.client.has_disconnected = True
            self._cancel(request)

    def _cancel(self, request: FrontRequest) -> None:
        if request.cancellation is None or request.cancellation.done():
            request.cancellation = self._cancel_threads.submit(_cancel_statement, request)

    def _reject(self, request: FrontRequest) -> None:
        if not self._queue.remove(request):
            return
        kind = request.limits.kind
        is_over_share = kind in (Kind.SEARCH, Kind.EXPORT) and not request.is_next
        busy = exports_busy if kind is Kind.EXPORT else service_busy
        problem = address_busy() if is_over_share else busy()
        send_problem(request.scope, request.protocol, problem, closes=not is_read(request.body))
        if kind is Kind.SEARCH and not is_over_share:
            search_progress.record_rejection()
        request.is_over = True


def _cancel_statement(request: FrontRequest) -> None:
    try:
        request.client.cancel_statement()
    except psycopg.Error as error:
        logger.warning("A statement was not cancelled", extra={"error": str(error)})
