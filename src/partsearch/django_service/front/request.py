"""One request on its way through the front."""

import asyncio
from concurrent.futures import Future
from typing import Any

from partsearch.django_service.client import Client
from partsearch.django_service.front.body import ArrivingBody, Body
from partsearch.django_service.front.protocol import Headers, HTTPProtocol, Scope
from partsearch.django_service.front.queue import Ticket
from partsearch.django_service.front.rules import SAFE_METHODS, Kind, Rule


class Request(Ticket):
    """A request, from the end of its headers to the end of its answer.

    Args:
        scope: the request, as RSGI tells it.
        headers: of the request.
        protocol: takes its answer.
        body: its body, or one that is still to come.
        rule: its limits.
        group: whom it shares threads with.
        arrived: when it came.
    """

    __slots__ = (
        "arrived", "body", "cancellation", "client", "headers", "is_over", "protocol", "rule", "scope", "turn", "watch",
    )  # fmt: skip

    def __init__(
        self,
        scope: Scope,
        headers: Headers,
        protocol: HTTPProtocol,
        body: Body | ArrivingBody,
        rule: Rule,
        group: tuple[str, int] | None,
        arrived: float,
    ) -> None:
        super().__init__(rule.wait_seconds, group)
        self.scope = scope
        self.headers = headers
        self.protocol = protocol
        self.body = body
        self.rule = rule
        self.arrived = arrived
        self.client = Client()
        self.is_over = False
        """Whether nothing is left to be done for it. The event loop lets go of it at its next sweep."""
        self.turn: asyncio.Future[None]
        """Is done when the request is over, or when a thread has found that its body is still to come."""
        self.watch: Any = None
        """granian's future of the client's leaving, once somebody waits for it."""
        self.cancellation: Future[Any] | None = None
        """The cancellation of its statement that is under way, or the last one."""

    @property
    def is_cancellable(self) -> bool:
        """Whether its work may end in its middle: it changes nothing."""
        return self.rule.kind is Kind.SEARCH or self.scope.method in SAFE_METHODS

    def end_turn(self) -> None:
        """Let the event loop go on with the request."""
        if not self.turn.done():
            self.turn.set_result(None)
