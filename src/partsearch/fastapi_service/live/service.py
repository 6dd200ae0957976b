"""Live search in one process: its sockets, their subscriptions, the change listener and the drain."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.websockets import WebSocket

from partsearch.contract.limits import CLOSED_SOCKETS_PER_SECOND
from partsearch.database.address import DatabaseAddress
from partsearch.database.connections import workers
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.fastapi_service.live.change_listener import ChangeListener
from partsearch.fastapi_service.live.count import SocketCount
from partsearch.fastapi_service.live.drain import Drain
from partsearch.fastapi_service.live.limits import SocketsPerAddress
from partsearch.fastapi_service.live.socket import LiveSocket
from partsearch.fastapi_service.live.subscriptions import Subscriptions
from partsearch.fastapi_service.typed.texts import TypedTexts
from partsearch.settings import Settings


class LiveSearch:
    """Serves the sockets of the route.

    Args:
        database: the primary.
        typed_texts: understands ``q``.
        direct: the address of the primary without a pooler.
        settings: the settings of the site.
        notice_search: called when searches of sockets begin to run.
    """

    def __init__(
        self,
        database: ReadsStatements,
        typed_texts: TypedTexts,
        direct: DatabaseAddress,
        settings: Settings,
        notice_search: Callable[[], None],
    ) -> None:
        self._subscriptions = Subscriptions(database, typed_texts, notice_search)
        self._listener = ChangeListener(direct, self._subscriptions)
        self._sockets: set[LiveSocket] = set()
        self._count = SocketCount(Path(settings.partsearch_home) / "run")
        self.per_address = SocketsPerAddress(settings.partsearch_live_sockets)
        self._drain = Drain(
            lambda: self._sockets, settings.partsearch_drain_seconds, CLOSED_SOCKETS_PER_SECOND / workers()
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run live search during the block. SIGUSR1 starts a drain, and SIGUSR2 stops it."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self._drain.start)
        loop.add_signal_handler(signal.SIGUSR2, self._drain.stop)
        self._count.open()
        updates = asyncio.create_task(self._subscriptions.run())
        try:
            yield
        finally:
            self._drain.stop()
            updates.cancel()
            await self._listener.close()
            self._count.close()

    async def serve(self, websocket: WebSocket) -> None:
        """Serve a client until it disconnects."""
        socket = LiveSocket(websocket, self._subscriptions)
        self._sockets.add(socket)
        self._count.set(len(self._sockets))
        try:
            await websocket.accept()
            async with self._listener.listening():
                await socket.serve()
        finally:
            self._sockets.discard(socket)
            self._count.set(len(self._sockets))
