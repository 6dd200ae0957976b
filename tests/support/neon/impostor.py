"""A man in the middle: its own TLS certificate, and everything forwarded to the real front."""

import asyncio
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import trustme

from tests.support.neon.messages import SSL_REQUEST, with_length

_REQUEST = with_length(struct.pack("!I", SSL_REQUEST))
_STOP_SECONDS = 10


class Impostor:
    """Listens on ``port`` of the loopback address and pretends to be a front."""

    def __init__(self, front: int, host: str) -> None:
        self._front = front
        self._host = host
        self._certificate = trustme.CA().issue_cert(host)
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1"))
        self.port: int = server.sockets[0].getsockname()[1]

    @classmethod
    @contextmanager
    def before(cls, front: int, host: str) -> Iterator["Impostor"]:
        """Run in front of a front for the block, in a thread."""
        impostor = cls(front, host)
        thread = threading.Thread(target=impostor._loop.run_forever)
        thread.start()
        try:
            yield impostor
        finally:
            impostor._loop.call_soon_threadsafe(impostor._loop.stop)
            thread.join(_STOP_SECONDS)
            impostor._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(own)
        await reader.readexactly(len(_REQUEST))
        writer.write(b"S")
        await writer.start_tls(own)
        front_reader, front_writer = await asyncio.open_connection("127.0.0.1", self._front)
        front_writer.write(_REQUEST)
        await front_reader.readexactly(1)
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        await front_writer.start_tls(trusting, server_hostname=self._host)
        await asyncio.gather(_pass_on(reader, front_writer), _pass_on(front_reader, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()
