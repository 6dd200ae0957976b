"""A connection of a client to its backend."""

import asyncio

from tests.support.neon.computes import Compute
from tests.support.neon.messages import MessageStream, Rejection, StartUp, error_response
from tests.support.neon.wire import Wire

_CUT = error_response("terminating connection due to administrator command", "57P01", "FATAL")
_IDLE = ord("I")


class Link:
    """Relays both ways until either side ends, or the compute is suspended."""

    def __init__(self, compute: Compute, client: Wire) -> None:
        self._compute = compute
        self._client = client
        self._backend: Wire | None = None
        self._requests = MessageStream()
        self._answers = MessageStream()
        self._is_answered = True

    @property
    def is_busy(self) -> bool:
        """Return whether a query runs or a transaction is open."""
        return not self._is_answered or self._answers.status != _IDLE

    async def open(self, path: str, start: StartUp) -> None:
        """Connect to the backend, forward the start-up packet of the client, and relay.

        Raises:
            Rejection: nothing listens there.
        """
        self._compute.add(self)
        try:
            backend = Wire()
            await asyncio.get_running_loop().create_unix_connection(lambda: backend, path)
        except OSError as error:
            self._compute.links.discard(self)
            raise Rejection("Couldn't connect to compute node") from error
        self._backend = backend
        backend.write(start.packet())
        self._client.relay(backend, self._from_client, self._end)
        backend.relay(self._client, self._from_backend, self._end)
        if self not in self._compute.links:
            backend.close()

    def _from_client(self, data: bytes) -> None:
        self._is_answered = False
        self._backend.write(data)  # type: ignore[union-attr]
        self._compute.client_sent(self._requests.begun_in(data))

    def _from_backend(self, data: bytes) -> None:
        kinds = self._answers.begun_in(data)
        self._client.write(data)
        if b"Z"[0] in kinds:
            self._is_answered = True
            if self._answers.status != _IDLE:
                self._compute.transaction_seen()

    def cut(self, kind: str) -> None:
        """Close it from the side of the compute: ``polite`` with 57P01, ``rude`` with RST."""
        self._compute.links.discard(self)
        if kind == "rude":
            self._client.reset()
        else:
            if self._answers.between_messages:
                self._client.write(_CUT)
            self._client.close()
        if self._backend:
            self._backend.close()

    def _end(self) -> None:
        self._compute.links.discard(self)
        self._client.close()
        if self._backend:
            self._backend.close()
