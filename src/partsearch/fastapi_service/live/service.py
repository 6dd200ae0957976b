"""Live search of one process: its sockets, what they watch, and how they are sent away."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.websockets import WebSocket

from partsearch.contract.limits import CLOSED_SOCKETS_PER_SECOND
from partsearch.database.address import DatabaseAddress
from partsearch.database.connections import workers
from partsearch.fastapi_service.database import Answers
from partsearch.fastapi_service.live.count import SocketCount
from partsearch.fastapi_service.live.drain import Drain
from partsearch.fastapi_service.live.hub import Hub
from partsearch.fastapi_service.live.limits import SocketsPerAddress
from partsearch.fastapi_service.live.listener import Listener
from partsearch.fastapi_service.live.socket import LiveSocket
from partsearch.settings import Settings


class LiveSearch:
    """What the route hands its sockets to.

    Args:
        database: the primary.
        direct: its address without a pooler between.
        settings: of the site.
    """

    def __init__(self, database: Answers, direct: DatabaseAddress, settings: Settings) -> None:
        self._hub = Hub(database)
        self._listener = Listener(direct, self._hub)
        self._sockets: set[LiveSocket] = set()
        self._count = SocketCount(Path(settings.partsearch_home) / "run")
        self.per_address = SocketsPerAddress(settings.partsearch_live_sockets)
        self._drain = Drain(
            lambda: self._sockets, settings.partsearch_drain_seconds, CLOSED_SOCKETS_PER_SECOND / workers()
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Live search for the time of the block. SIGUSR1 begins a drain, SIGUSR2 ends it."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self._drain.start)
        loop.add_signal_handler(signal.SIGUSR2, self._drain.stop)
        self._count.open()
        rounds = asyncio.create_task(self._hub.run())
        try:
            yield
        finally:
            self._drain.stop()
            rounds.cancel()
            await self._listener.close()
            self._count.close()

    async def serve(self, websocket: WebSocket) -> None:
        """Serves a client until it is gone."""
        socket = LiveSocket(websocket, self._hub)
        self._sockets.add(socket)
        self._count.set(len(self._sockets))
        try:
            await websocket.accept()
            async with self._listener.held():
                await socket.serve()
        finally:
            self._sockets.discard(socket)
            self._count.set(len(self._sockets))
