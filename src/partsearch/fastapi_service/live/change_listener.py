"""The change listener: one direct connection to the database that listens for changes while any socket is open.

A listening connection keeps a database awake, or breaks when the database is suspended. So there is no
connection while no client is connected. It sends nothing but LISTEN: TCP keepalive detects that the other end is gone.
"""

import asyncio
import logging
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import asyncpg

from partsearch.contract.errors import DatabaseUnavailableError, ProblemError
from partsearch.database.address import APPLICATION_NAME, DatabaseAddress
from partsearch.database.errors.driver_errors import ErrorKind, error_kind, first_line, public_reason
from partsearch.database.schema import CATALOG_CHANNEL

logger = logging.getLogger(__name__)

LISTENER_NAME = f"{APPLICATION_NAME} live"
"""The name of the connection in ``pg_stat_activity``."""

_LINGER_SECONDS = 3.0
_FIRST_DELAY_SECONDS = 0.05
_LONGEST_DELAY_SECONDS = 3.0
_REJECTED_DELAY_SECONDS = 15.0
_CLOSE_SECONDS = 2.0
# A peer that is gone without closing is detected after 15 + 3 * 5 seconds.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30_000}
_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class ChangeHandler(Protocol):
    """Receives the events of a change listener."""

    def changed(self) -> None:
        """Handle a change of the catalog."""

    def recovered(self) -> None:
        """Handle the return of the connection. Some changes may have been missed."""

    def lost(self, problem: ProblemError) -> None:
        """Handle a connection that has been away for a while."""


class ChangeListener:
    """The connection that listens.

    Args:
        address: the address of the database without a pooler.
        handler: receives the events.
    """

    def __init__(self, address: DatabaseAddress, handler: ChangeHandler) -> None:
        self._address = address
        self._handler = handler
        self._users = 0
        self._task: asyncio.Task[None] | None = None
        self._end_timer: asyncio.TimerHandle | None = None
        self._is_tried = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen for changes during the block, which begins after the first attempt to connect.

        The connection stays open a little longer than the block, for a client that reloads its page.
        """
        self._users += 1
        try:
            await self._start()
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._end_timer = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._end)

    async def _start(self) -> None:
        if self._end_timer:
            self._end_timer.cancel()
            self._end_timer = None
        if self._task is None:
            self._is_tried = asyncio.Event()
            self._task = asyncio.create_task(self._listen_on(self._is_tried))
        await self._is_tried.wait()

    async def close(self) -> None:
        """Close the connection, even while a block uses it."""
        task = self._task
        self._end()
        if task:
            with suppress(asyncio.CancelledError):
                await task

    def _end(self) -> None:
        self._end_timer = None
        if self._task:
            self._task.cancel()
            self._task = None

    async def _listen_on(self, is_tried: asyncio.Event) -> None:
        """Listen until cancelled, and reconnect after each loss. ``is_tried`` is set after the first attempt.

        A connection that is lost while it has no users is not replaced: a new one would wake a database that sleeps.
        """
        try:
            while True:
                await self._listen(await self._connected(is_tried), is_tried)
                logger.warning("The change listener lost its connection")
                if not self._users:
                    self._task = None
                    return
        finally:
            is_tried.set()

    async def _connected(self, is_tried: asyncio.Event) -> Any:
        lost_since, delay, is_reported = time.monotonic(), _FIRST_DELAY_SECONDS, False
        while True:
            try:
                return await self._connect()
            except _ERRORS as error:
                is_tried.set()
                is_rejected = error_kind(error) in (ErrorKind.REJECTED, None)
                if not is_reported and (is_rejected or time.monotonic() - lost_since > self._address.grace_seconds):
                    is_reported = True
                    logger.warning("The change listener cannot connect", extra={"error": first_line(error)})
                    self._handler.lost(DatabaseUnavailableError(public_reason(error)))
            await asyncio.sleep(_REJECTED_DELAY_SECONDS if is_rejected else random.uniform(0, delay))  # noqa: S311
            delay = min(2 * delay, _LONGEST_DELAY_SECONDS)

    async def _connect(self) -> Any:
        settings = {**self._address.asyncpg_server_settings(), "application_name": LISTENER_NAME}
        return await asyncpg.connect(
            **self._address.asyncpg_arguments(), timeout=self._address.grace_seconds, server_settings=settings
        )

    async def _listen(self, connection: Any, is_tried: asyncio.Event) -> None:
        """Listen on ``connection`` until it is lost."""
        is_lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: is_lost.set())
            keep_alive(connection)
            async with asyncio.timeout(self._address.connect_seconds):
                await connection.add_listener(CATALOG_CHANNEL, lambda *_arguments: self._handler.changed())
            if is_tried.is_set():
                self._handler.recovered()
            # Before the first attempt has ended no client has an answer, so none has missed a change.
            is_tried.set()
            await is_lost.wait()
        except _ERRORS as error:
            is_tried.set()
            logger.warning("The change listener failed", extra={"error": first_line(error)})
        finally:
            await _close(connection)


async def _close(connection: Any) -> None:
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except (TimeoutError, *_ERRORS):
        connection.terminate()


def keep_alive(connection: Any) -> None:
    """Turn on TCP keepalive, which detects that the other end is gone and does not wake a database."""
    # asyncpg has no public way to the socket: https://github.com/MagicStack/asyncpg/issues/249
    connection_socket = connection._transport.get_extra_info("socket")
    if connection_socket is None or connection_socket.family == socket.AF_UNIX:
        return
    connection_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            connection_socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
