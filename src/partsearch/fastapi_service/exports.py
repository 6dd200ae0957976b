"""The exports of one process: how many run at a time, and each one's connection to the database."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from typing import Any

import asyncpg
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from partsearch.contract import limits
from partsearch.contract.client_networks import network_of
from partsearch.contract.errors import DatabaseUnavailableError, ProblemError, export_too_slow, exports_busy
from partsearch.contract.exported_list.formats import ExportFormat, download_headers, list_writer
from partsearch.contract.exported_list.part import ExportedPart
from partsearch.contract.request.export import ExportRequest, check_fits
from partsearch.database.address import DatabaseAddress
from partsearch.database.errors.driver_errors import ErrorKind, error_kind, first_line, public_reason
from partsearch.database.export_transaction import export_transaction
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect, abort_connection
from partsearch.fastapi_service.search_queue import SearchQueue
from partsearch.fastapi_service.typed.texts import TypedTexts

logger = logging.getLogger(__name__)

_CLIENT_EXPORTS = 1
_MARGIN_SECONDS = 1.0
_DRIVER_ERRORS = (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, asyncpg.InternalClientError)


class Exports:
    """Reads the parts of exports, each from a connection of its own.

    Args:
        address: of the database, without a pooler.
        typed_texts: understands ``q``.
    """

    def __init__(self, address: DatabaseAddress, typed_texts: TypedTexts) -> None:
        self._address = address
        self._typed_texts = typed_texts
        self._queue = SearchQueue(limits.EXPORTS_PER_WORKER, _CLIENT_EXPORTS, lambda: False, exports_busy)

    @asynccontextmanager
    async def turn(self, client: str | None) -> AsyncIterator[None]:
        """Run the block as one of the exports that may run at a time.

        Args:
            client: the network of the client, which may have one of them; None for no limit.

        Raises:
            ProblemError: 503, others run for too long; 429, one of the same client does.
        """
        await self._queue.acquire(client)
        try:
            yield
        finally:
            self._queue.release(client)

    async def pieces(self, export: ExportRequest) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an exported list. The first piece comes when the first parts have been found.

        Raises:
            ProblemError: 422, the result does not fit into the format; 503, the database is out of reach.
        """
        writer = list_writer(export.format)
        beginning = writer.begin()
        async with aclosing(self._batches(export)) as batches:
            async for batch in batches:
                yield beginning + writer.rows(batch)
                beginning = b""
        yield beginning + writer.end()

    async def _batches(self, export: ExportRequest) -> AsyncGenerator[Iterable[ExportedPart], None]:
        understood = await self._typed_texts.understood(export.search)
        connection = await self._connect()
        seconds = limits.EXPORT_STATEMENT_SECONDS + _MARGIN_SECONDS
        try:
            await connection.execute(";".join(("BEGIN", *export_transaction())), timeout=seconds)
            if export.format is ExportFormat.XLSX:
                size = composer.export_size(export.search, understood)
                check_fits(*await connection.fetchrow(size.sql, *size.values, timeout=seconds))
            parts = composer.export_parts(export.search, understood)
            cursor = await connection.cursor(parts.sql, *parts.values, timeout=seconds)
            while rows := await cursor.fetch(limits.EXPORT_BATCH, timeout=seconds):
                yield map(ExportedPart._make, rows)
        except _DRIVER_ERRORS as error:
            raise _problem(error) from error
        finally:
            # The server ends the statement and the transaction when it notices.
            connection.terminate()

    async def _connect(self) -> Any:
        try:
            return await asyncpg.connect(
                **self._address.asyncpg_arguments(),
                server_settings=self._address.asyncpg_server_settings(),
                timeout=self._address.connect_seconds,
                statement_cache_size=0,
            )
        except _DRIVER_ERRORS as error:
            raise DatabaseUnavailableError(public_reason(error)) from error


def _problem(error: Exception) -> Exception:
    """Return the error that the client gets for an error of the database."""
    kind = error_kind(error)
    if kind is None:
        return error
    if kind is ErrorKind.CANCELLED or isinstance(error, TimeoutError):
        return export_too_slow(limits.EXPORT_STATEMENT_SECONDS)
    return DatabaseUnavailableError(public_reason(error))


class ExportResponse(Response):
    """Sends an exported list. An error before its first byte is raised; after it, the connection is cut."""

    def __init__(self, exports: Exports, export: ExportRequest) -> None:
        super().__init__(headers=download_headers(export.format))
        del self.headers["content-length"]
        self._exports = exports
        self._export = export

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI passes it
        """Send the response."""
        if scope["method"] == "HEAD":
            await self._begin(send)
            await send({"type": "http.response.body", "body": b""})
            return
        client = scope["client"]
        is_started = False
        try:
            with CancelledOnDisconnect(scope):
                async with (
                    self._exports.turn(network_of(client[0]) if client else None),
                    asyncio.timeout(limits.EXPORT_SECONDS),
                    aclosing(self._exports.pieces(self._export)) as pieces,
                ):
                    first = await anext(pieces)
                    is_started = True
                    await self._begin(send)
                    await _send(send, first)
                    async for piece in pieces:
                        await _send(send, piece)
                    await send({"type": "http.response.body", "body": b""})
        except ClientDisconnect:
            if not is_started:
                raise
        except (ProblemError, TimeoutError, ValueError, *_DRIVER_ERRORS) as error:
            if not is_started:
                raise
            logger.warning("An export was cut: %s", first_line(error) or type(error).__name__)
            abort_connection(scope)

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": self.raw_headers})


async def _send(send: Send, piece: bytes) -> None:
    """Send a piece as the client takes it.

    Raises:
        TimeoutError: it takes nothing for too long.
    """
    if piece:
        async with asyncio.timeout(limits.EXPORT_WRITE_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await asyncio.sleep(0)
