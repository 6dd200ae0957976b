"""The RSGI application: takes requests in the event loop and hands them to the threads."""

import asyncio
import time

from partsearch.contract.errors import too_large
from partsearch.database.connections import DJANGO_PER_WORKER
from partsearch.django_service.front.body import (
    IN_MEMORY_BYTES,
    ArrivingBody,
    Body,
    ClientLeftError,
    announced_length,
    has_body,
    read_body,
)
from partsearch.django_service.front.environ import host_of
from partsearch.django_service.front.problems import send_health, send_problem
from partsearch.django_service.front.protocol import Headers, HTTPProtocol, Scope
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import Request
from partsearch.django_service.front.response import Application
from partsearch.django_service.front.rules import Kind, Rule, group_of, rule_of
from partsearch.django_service.front.sweep import Sweep
from partsearch.django_service.front.threads import Threads
from partsearch.settings import settings

_HEALTH_PATH = "/healthz"
_HEALTH_METHODS = ("GET", "HEAD")


class Front:
    """A WSGI application as an RSGI one, which knows of its clients' leaving and bounds their waiting.

    Args:
        application: by WSGI.
        threads: how many requests it answers at a time.
    """

    def __init__(self, application: Application, threads: int = DJANGO_PER_WORKER) -> None:
        self._queue: RequestQueue[Request] = RequestQueue()
        self._threads = Threads(threads, self._queue, application)
        self._sweep = Sweep(self._queue, threads)
        self._searches = settings().partsearch_address_searches
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads; granian calls it in each worker, before the first request."""
        self._loop = loop
        self._sweep.start(loop)
        self._threads.start(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop the threads; granian calls it after the last request."""
        self._threads.stop()
        self._sweep.stop()
        loop.run_until_complete(asyncio.sleep(0))

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        path = scope.path
        if path == _HEALTH_PATH and scope.method in _HEALTH_METHODS:
            send_health(scope, protocol)
            return
        rule, headers = rule_of(path), scope.headers
        try:
            body = await _body_of(headers, protocol, rule)
            if rule.kind is Kind.ADMIN and isinstance(body, Body) and not body.is_whole:
                send_problem(scope, protocol, too_large(rule.body_bytes), closes=True)
                return
            group = group_of(rule, host_of(scope.client), headers.get("x-real-ip"), self._searches)
            await self._answered(Request(scope, headers, protocol, body, rule, group, time.monotonic()))
        except ClientLeftError:
            return

    async def _answered(self, request: Request) -> None:
        """Return when a request is over."""
        self._sweep.add(request)
        try:
            while not request.is_over:
                request.turn = self._loop.create_future()
                self._queue.put(request)
                await request.turn
                if not request.is_over and isinstance(request.body, ArrivingBody):
                    await request.body.wait()
        finally:
            self._sweep.discard(request)


async def _body_of(headers: Headers, protocol: HTTPProtocol, rule: Rule) -> Body | ArrivingBody:
    if not has_body(headers):
        return Body.empty()
    length = announced_length(headers)
    if length is not None and length <= min(rule.body_bytes, IN_MEMORY_BYTES):
        return ArrivingBody(protocol, length)
    return await read_body(protocol, length, rule.body_bytes)
