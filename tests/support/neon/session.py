"""The start of a connection: TLS, endpoint, password and waking, until it is relayed."""

import asyncio
import contextlib
import socket
import ssl
from typing import TYPE_CHECKING

from tests.support.neon.computes import Compute
from tests.support.neon.link import Link
from tests.support.neon.messages import (
    CANCEL_REQUEST,
    ENCRYPTION_BY_GSS_REQUEST,
    LONGEST_PACKET,
    SSL_REQUEST,
    Rejection,
    StartUp,
    authentication,
    packet_code,
    with_length,
)
from tests.support.neon.scram import BOUND, PLAIN, Exchange, ProofError
from tests.support.neon.wire import Wire

if TYPE_CHECKING:
    from tests.support.neon.front import Front

_HANDSHAKE_SECONDS = 15.0
# A real server waits no longer for the last message of its peer either.
_GOODBYE_SECONDS = 0.05
_TLS_RECORD = b"\x16"
_INSECURE = "connection is insecure (try using `sslmode=require`)"
_UNNAMED = (
    "Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass"
    " the endpoint ID (first part of the domain name) as a parameter: '?options=endpoint%3D<endpoint-id>'."
    " See more at https://neon.tech/sni"
)
_UNKNOWN = "The requested endpoint could not be found, or you don't have access to it."
_SASL, _SASL_CONTINUE, _SASL_FINAL = 10, 11, 12


class Session:
    """One connection that was accepted."""

    def __init__(self, front: "Front", raw: socket.socket) -> None:
        self._front = front
        self._raw = raw
        self._client: Wire | None = None

    async def run(self) -> None:
        """Connect the client to its backend, or send it an error."""
        try:
            await self._connect()
        except Rejection as rejection:
            await self._reject(rejection)
        except (OSError, TimeoutError, ssl.SSLError):
            self._drop()
        except BaseException:
            self._drop()
            raise

    async def _reject(self, rejection: Rejection) -> None:
        if self._client:
            self._client.write(rejection.answer)
        else:
            with contextlib.suppress(OSError):
                await asyncio.get_running_loop().sock_sendall(self._raw, rejection.answer)
        self._drop()

    def _drop(self) -> None:
        if self._client:
            self._client.close()
        else:
            self._raw.close()

    async def _connect(self) -> None:
        async with asyncio.timeout(_HANDSHAKE_SECONDS):
            if not await self._wants_encryption():
                return
            client, host = await self._encrypt()
            self._client = client
            packet = await client.read_packet()
            if packet_code(packet) == CANCEL_REQUEST:
                await self._front.cancel(packet, host)
                client.close()
                return
            start = StartUp.parsed(packet)
            compute, is_pooled = self._endpoint(host, start)
            await self._authenticate(client, start.parameters.get("user", ""))
        if compute.rejection:
            raise Rejection(compute.rejection)
        await compute.awake()
        if not client.is_lost:
            await Link(compute, client).open(compute.pooler if is_pooled else compute.database, start)

    async def _wants_encryption(self) -> bool:
        """Read up to the TLS handshake; return false if the client only sent a CancelRequest.

        Raises:
            Rejection: the client does not use TLS.
        """
        while await self._first_byte() != _TLS_RECORD:
            packet = await self._read(packet_code(await self._read(4)) - 4)
            code = packet_code(packet)
            if code == ENCRYPTION_BY_GSS_REQUEST:
                await asyncio.get_running_loop().sock_sendall(self._raw, b"N")
                continue
            if code == CANCEL_REQUEST:
                await self._front.cancel(packet, None)
                self._raw.close()
                return False
            if code != SSL_REQUEST:
                raise Rejection(_INSECURE)
            await asyncio.get_running_loop().sock_sendall(self._raw, b"S")
            return True
        return True

    async def _first_byte(self) -> bytes:
        """Return the first byte without consuming it, because the TLS handshake needs it."""
        loop = asyncio.get_running_loop()
        readable: asyncio.Future[None] = loop.create_future()
        loop.add_reader(self._raw, lambda: None if readable.done() else readable.set_result(None))
        try:
            await readable
        finally:
            loop.remove_reader(self._raw)
        return self._raw.recv(1, socket.MSG_PEEK)

    async def _read(self, size: int) -> bytes:
        if not 4 <= size <= LONGEST_PACKET:
            raise ConnectionResetError
        data = b""
        while len(data) < size:
            part = await asyncio.get_running_loop().sock_recv(self._raw, size - len(data))
            if not part:
                raise ConnectionResetError
            data += part
        return data

    async def _encrypt(self) -> tuple[Wire, str | None]:
        wire = Wire(self._raw)
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
            lambda: wire, self._raw, ssl=self._front.context, ssl_shutdown_timeout=_GOODBYE_SECONDS
        )
        secured = transport.get_extra_info("ssl_object")
        return wire, self._front.hosts_asked.get(secured)

    def _endpoint(self, host: str | None, start: StartUp) -> tuple[Compute, bool]:
        """Return the compute that the client names, and whether through the pooler.

        Raises:
            Rejection: it names none or an unknown one.
        """
        option = start.take_endpoint()
        name = host.partition(".")[0] if host else option
        if not name:
            raise Rejection(_UNNAMED)
        if host and not host.endswith(f".{self._front.domain}"):
            raise Rejection(_UNKNOWN)
        compute = self._front.computes.get(name.removesuffix("-pooler"))
        if compute is None:
            raise Rejection(_UNKNOWN)
        return compute, name.endswith("-pooler")

    async def _authenticate(self, client: Wire, user: str) -> None:
        client.write(authentication(_SASL, f"{BOUND}\0{PLAIN}\0\0".encode()))
        exchange = Exchange(self._front.verifier(user), self._front.certificate)
        try:
            mechanism, _, rest = (await client.read_message()).partition(b"\0")
            answer = exchange.answer_first(mechanism.decode(), rest[4:].decode())
            client.write(authentication(_SASL_CONTINUE, answer.encode()))
            answer = exchange.answer_final((await client.read_message()).decode())
        except (ProofError, ValueError, KeyError) as error:
            raise Rejection(f"password authentication failed for user '{user}'", "28P01") from error
        client.write(authentication(_SASL_FINAL, answer.encode()))


async def send_cancel(path: str, packet: bytes) -> None:
    """Forward a CancelRequest. A backend ignores an unknown key, as PostgreSQL does."""
    with contextlib.suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            writer.write(with_length(packet))
            # PgBouncer 1.18 ends itself ("bad client state") when this connection closes before it has cancelled.
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await reader.read()
        finally:
            writer.close()
