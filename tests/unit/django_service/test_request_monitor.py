"""The monitor of the front's requests."""

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from partsearch.django_service.front.body import Body
from partsearch.django_service.front.limits import limits_for
from partsearch.django_service.front.queue import RequestQueue
from partsearch.django_service.front.request import FrontRequest
from partsearch.django_service.front.request_monitor import RequestMonitor


class _Disconnect:
    """A future as granian has it: it keeps its callbacks, also when it is cancelled."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[..., None]] = []

    def add_done_callback(self, callback: Callable[..., None]) -> None:
        self.callbacks.append(callback)

    def cancel(self) -> None:
        """Do nothing with the callbacks."""


class _Request(FrontRequest):
    """With a ``__dict__`` and weak references, which the slots of the front's requests leave out."""


def test_a_request_that_has_ended_is_freed_without_the_garbage_collector() -> None:
    """Python's collector cannot look into granian's future, so a cycle through it would stay for ever."""
    loop = asyncio.new_event_loop()
    queue: RequestQueue[FrontRequest] = RequestQueue()
    monitor = RequestMonitor(queue, 1)
    monitor.start(loop)
    futures = [_Disconnect()]
    protocol = SimpleNamespace(client_disconnect=futures.pop)
    limits = limits_for("/search/part/")
    request = _Request(cast(Any, None), cast(Any, {}), cast(Any, protocol), Body.empty(), limits, None, 0.0)
    reference = weakref.ref(request)
    gc.disable()
    try:
        monitor.add(request)
        monitor._check_requests(time.monotonic())
        assert request.disconnect is not None
        monitor.discard(request)
        del request
        assert reference() is None
    finally:
        gc.enable()
        monitor.stop()
        loop.close()
