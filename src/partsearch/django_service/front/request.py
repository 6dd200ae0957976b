"""One request in the front."""

import asyncio
from concurrent.futures import Future
from typing import Any

from partsearch.django_service.front.body import ArrivingBody, Body
from partsearch.django_service.front.limits import SAFE_METHODS, Kind, RequestLimits
from partsearch.django_service.front.queue import Ticket
from partsearch.django_service.front.rsgi_types import Headers, HTTPProtocol, Scope
from partsearch.django_service.http.client import Client


class FrontRequest(Ticket):
    """A request, from the end of its headers to the end of its answer.

    Args:
        scope: the RSGI scope.
        headers: the headers.
        protocol: the protocol that sends the response.
        body: the body, which may still be arriving.
        limits: the limits of its kind of work.
        group: the name and the share of its group, or None for no limit.
        arrived: when it arrived.
    """

    __slots__ = (
        "arrived", "body", "cancellation", "client", "disconnect", "headers", "is_over", "limits", "protocol", "scope",
        "turn",
    )  # fmt: skip

    def __init__(
        self,
        scope: Scope,
        headers: Headers,
        protocol: HTTPProtocol,
        body: Body | ArrivingBody,
        limits: RequestLimits,
        group: tuple[str, int] | None,
        arrived: float,
    ) -> None:
        super().__init__(limits.wait_seconds, group)
        self.scope = scope
        self.headers = headers
        self.protocol = protocol
        self.body = body
        self.limits = limits
        self.arrived = arrived
        self.client = Client()
        self.is_over = False
        """Whether all work for it has ended. The monitor drops it at its next check."""
        self.turn: asyncio.Future[None]
        """Done when the request is over, or when a thread has found that its body has not arrived yet."""
        self.disconnect: Any = None
        """Granian's future for the disconnect of the client, once the monitor waits for it."""
        self.cancellation: Future[Any] | None = None
        """The last cancel request for its statement, which may still be under way."""

    @property
    def is_cancellable(self) -> bool:
        """Whether its work may be cancelled: it changes nothing."""
        return self.limits.kind is Kind.SEARCH or self.scope.method in SAFE_METHODS

    def end_turn(self) -> None:
        """Let the event loop continue with the request."""
        if not self.turn.done():
            self.turn.set_result(None)
