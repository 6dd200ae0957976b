"""Hearing of changes: one connection of its own, straight to the database, for as long as somebody watches.

A connection that listens would keep a database that sleeps awake, or be cut by its sleep. So there is none while
nobody is connected, and nothing is ever sent over it but LISTEN: that the other end is gone, TCP's keepalive tells.
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
from partsearch.database.driver_errors import Fault, fault_of, first_line, reason
from partsearch.database.notification import CATALOG_CHANNEL

logger = logging.getLogger(__name__)

LISTENER_NAME = f"{APPLICATION_NAME} live"
"""What the connection is called in ``pg_stat_activity``."""

_LINGER_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 3.0
_PAUSE_OF_REFUSED_SECONDS = 15.0
_CLOSE_SECONDS = 2.0
# A peer that is gone without a word is noticed after 15 + 3 * 5 seconds.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30_000}
_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class Audience(Protocol):
    """Whoever wants to know of changes."""

    def changed(self) -> None:
        """Is told that something has changed."""

    def recovered(self) -> None:
        """Is told that changes are heard of again, and that some may have been missed."""

    def lost(self, problem: ProblemError) -> None:
        """Is told that changes have not been heard of for a while."""


class Listener:
    """The connection that listens.

    Args:
        address: the database, without a pooler between.
        audience: whoever is told.
    """

    def __init__(self, address: DatabaseAddress, audience: Audience) -> None:
        self._address = address
        self._audience = audience
        self._holders = 0
        self._task: asyncio.Task[None] | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._is_tried = asyncio.Event()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Sees to it that changes are heard of in the block, which begins when they are, or cannot be just now.

        After the block the connection is kept a little longer: who reloads a page is back at once.
        """
        self._holders += 1
        try:
            await self._begin()
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._ending = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._end)

    async def _begin(self) -> None:
        if self._ending:
            self._ending.cancel()
            self._ending = None
        if self._task is None:
            self._is_tried = asyncio.Event()
            self._task = asyncio.create_task(self._listen_on(self._is_tried))
        await self._is_tried.wait()

    async def close(self) -> None:
        """Ends the connection, whoever holds it."""
        task = self._task
        self._end()
        if task:
            with suppress(asyncio.CancelledError):
                await task

    def _end(self) -> None:
        self._ending = None
        if self._task:
            self._task.cancel()
            self._task = None

    async def _listen_on(self, is_tried: asyncio.Event) -> None:
        """Listens until cancelled, over one connection after the other; ``is_tried`` tells of the first attempt.

        A connection that is cut when nobody is there any more stays cut: another would wake a database that sleeps.
        """
        try:
            while True:
                await self._listen(await self._connected(is_tried), is_tried)
                logger.warning("The connection that hears of changes was cut.")
                if not self._holders:
                    self._task = None
                    return
        finally:
            is_tried.set()

    async def _connected(self, is_tried: asyncio.Event) -> Any:
        lost_since, pause, is_told = time.monotonic(), _FIRST_PAUSE_SECONDS, False
        while True:
            try:
                return await self._connect()
            except _ERRORS as error:
                is_tried.set()
                is_refused = fault_of(error) in (Fault.REFUSED, None)
                if not is_told and (
                    is_refused or time.monotonic() - lost_since > self._address.connect_timeout_seconds
                ):
                    is_told = True
                    logger.warning("Changes cannot be heard of: %s", first_line(error))
                    self._audience.lost(DatabaseUnavailableError(reason(error)))
            await asyncio.sleep(_PAUSE_OF_REFUSED_SECONDS if is_refused else random.uniform(0, pause))  # noqa: S311
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _connect(self) -> Any:
        settings = {**self._address.asyncpg_server_settings(), "application_name": LISTENER_NAME}
        return await asyncpg.connect(
            **self._address.asyncpg_arguments(), timeout=self._address.connect_timeout_seconds, server_settings=settings
        )

    async def _listen(self, connection: Any, is_tried: asyncio.Event) -> None:
        """Listens over ``connection`` until it is cut."""
        is_cut = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: is_cut.set())
            keep_alive(connection)
            async with asyncio.timeout(self._address.connect_seconds):
                await connection.add_listener(CATALOG_CHANNEL, lambda *_told: self._audience.changed())
            if is_tried.is_set():
                self._audience.recovered()
            # Else nobody has been answered yet, so nobody has missed anything.
            is_tried.set()
            await is_cut.wait()
        except _ERRORS as error:
            is_tried.set()
            logger.warning("The connection that hears of changes fails: %s", first_line(error))
        finally:
            await _closed(connection)


async def _closed(connection: Any) -> None:
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except (TimeoutError, *_ERRORS):
        connection.terminate()


def keep_alive(connection: Any) -> None:
    """Has the system notice when the other end of ``connection`` is gone; a sleeping database is not woken by that."""
    # asyncpg has no name for it: https://github.com/MagicStack/asyncpg/issues/249
    of = connection._transport.get_extra_info("socket")
    if of is None or of.family == socket.AF_UNIX:
        return
    of.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            of.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
