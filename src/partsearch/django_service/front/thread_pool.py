"""The threads that answer requests. Each has its own connection to the database."""

import asyncio
import logging
import threading
from functools import partial
from http import HTTPStatus

from partsearch.contract.errors import internal_error
from partsearch.database.progress import search_progress
from partsearch.django_service.front.body import ArrivingBody, ClientDisconnectedError
from partsearch.django_service.front.connection import cut_connection
from partsearch.django_service.front.direct_responses import send_problem
from partsearch.django_service.front.environ import environ_of
from partsearch.django_service.front.limits import Kind
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import FrontRequest
from partsearch.django_service.front.response import Application, answer
from partsearch.django_service.http.client import RequestCancelledError, answering

logger = logging.getLogger(__name__)

_END_SECONDS = 1.0


class ThreadPool:
    """Threads that take requests from a queue and run a WSGI application for each."""

    def __init__(self, number: int, queue: "RequestQueue[FrontRequest]", application: Application) -> None:
        self._queue = queue
        self._application = application
        self._threads = [threading.Thread(target=self._run, name=f"request-{n}", daemon=True) for n in range(number)]
        self._loop: asyncio.AbstractEventLoop

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads. ``loop`` waits for bodies that have not arrived yet."""
        self._loop = loop
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the threads when the queue is empty. A thread that takes longer runs until the process ends."""
        self._queue.close(len(self._threads))
        for thread in self._threads:
            thread.join(_END_SECONDS)

    def _run(self) -> None:
        while (request := self._queue.take()) is not None:
            is_waiting = isinstance(request.body, ArrivingBody) and not request.body.has_arrived()
            try:
                if not is_waiting:
                    self._answer(request)
            finally:
                self._queue.release(request)
                request.is_over = not is_waiting
            if is_waiting:
                self._loop.call_soon_threadsafe(request.end_turn)

    def _answer(self, request: FrontRequest) -> None:
        try:
            body = request.body.read() if isinstance(request.body, ArrivingBody) else request.body
            with body.file, answering(request.client):
                environ = environ_of(request.scope, request.headers, body.file)
                cut = partial(cut_connection, request.scope.client)
                status = answer(self._application, environ, request.protocol, cut, closes=not body.is_whole)
        except (ClientDisconnectedError, RequestCancelledError):
            return
        except Exception:
            logger.exception("The WSGI application failed", extra={"path": request.scope.path})
            send_problem(request.scope, request.protocol, internal_error(), closes=True)
            return
        if request.limits.kind is Kind.SEARCH and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            search_progress.record_answer()
