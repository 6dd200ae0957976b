"""The RSGI application: receives requests in the event loop and passes them to the thread pool."""

import asyncio
import time
from collections.abc import Callable

from partsearch.contract.errors import too_large
from partsearch.contract.limits import EXPORTS_PER_WORKER
from partsearch.database.connections import DJANGO_PER_WORKER
from partsearch.django_service.front.body import (
    IN_MEMORY_BYTES,
    ArrivingBody,
    Body,
    ClientDisconnectedError,
    announced_length,
    has_body,
    read_body,
)
from partsearch.django_service.front.direct_responses import send_health, send_problem
from partsearch.django_service.front.environ import host_of
from partsearch.django_service.front.limits import Kind, RequestLimits, group_of, limits_for
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import FrontRequest
from partsearch.django_service.front.request_monitor import RequestMonitor
from partsearch.django_service.front.response import Application
from partsearch.django_service.front.rsgi_types import Headers, HTTPProtocol, Scope
from partsearch.django_service.front.thread_pool import ThreadPool
from partsearch.settings import settings

_HEALTH_PATH = "/healthz"
_HEALTH_METHODS = ("GET", "HEAD")


class _Lane:
    """Requests that share threads: a queue, the threads that take requests from it, and what watches over them."""

    def __init__(self, application: Application, threads: int) -> None:
        self.queue: RequestQueue[FrontRequest] = RequestQueue()
        self.threads = ThreadPool(threads, self.queue, application)
        self.monitor = RequestMonitor(self.queue, threads)


class Front:
    """An RSGI application around a WSGI one, with a fair queue, a limit on waiting, and cancellation on disconnect.

    Exports have threads of their own: they can take minutes.

    Args:
        application: the WSGI application.
        threads: how many requests it answers at a time.
        on_stop: called after the last request.
    """

    def __init__(
        self,
        application: Application,
        threads: int = DJANGO_PER_WORKER,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_stop = on_stop
        self._lane = _Lane(application, threads)
        self._exports = _Lane(application, EXPORTS_PER_WORKER)
        self._searches = settings().partsearch_address_searches
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads. Granian calls it in each worker before the first request."""
        self._loop = loop
        for lane in (self._lane, self._exports):
            lane.monitor.start(loop)
            lane.threads.start(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop the threads. Granian calls it after the last request."""
        for lane in (self._lane, self._exports):
            lane.threads.stop()
            lane.monitor.stop()
        self._on_stop()
        loop.run_until_complete(asyncio.sleep(0))

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        path = scope.path
        if path == _HEALTH_PATH and scope.method in _HEALTH_METHODS:
            send_health(scope, protocol)
            return
        limits, headers = limits_for(path), scope.headers
        try:
            body = await _body_of(headers, protocol, limits)
            if limits.kind is Kind.ADMIN and isinstance(body, Body) and not body.is_whole:
                send_problem(scope, protocol, too_large(limits.body_bytes), closes=True)
                return
            group = group_of(limits, host_of(scope.client), headers.get("x-real-ip"), self._searches)
            await self._finished(FrontRequest(scope, headers, protocol, body, limits, group, time.monotonic()))
        except ClientDisconnectedError:
            return

    async def _finished(self, request: FrontRequest) -> None:
        """Queue a request, and return when it is over."""
        lane = self._exports if request.limits.kind is Kind.EXPORT else self._lane
        lane.monitor.add(request)
        try:
            while not request.is_over:
                request.turn = self._loop.create_future()
                lane.queue.put(request)
                await request.turn
                if not request.is_over and isinstance(request.body, ArrivingBody):
                    await request.body.wait()
        finally:
            lane.monitor.discard(request)


async def _body_of(headers: Headers, protocol: HTTPProtocol, limits: RequestLimits) -> Body | ArrivingBody:
    if not has_body(headers):
        return Body.empty()
    length = announced_length(headers)
    if length is not None and length <= min(limits.body_bytes, IN_MEMORY_BYTES):
        return ArrivingBody(protocol, length)
    return await read_body(protocol, length, limits.body_bytes)
