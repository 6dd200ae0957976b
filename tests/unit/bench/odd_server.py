"""A small HTTP server in a process of its own that behaves as its path says, and logs when it did what.

``/ok`` is answered at once. ``/stall`` holds up the whole server for STALL_SECONDS before it is answered. ``/close``
ends the connection, ``/silent`` is never answered, ``/503`` is refused. ``/log`` gives the log: of each request but
its own the moments, by CLOCK_MONOTONIC, at which it came and was answered. Any other path is answered with itself.
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STALL_SECONDS = 0.3


class OddProtocol(asyncio.Protocol):
    """One connection; a request comes in one piece, and has no body or a short one."""

    log: list[tuple[float, float]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        received = time.monotonic()
        path = data.split(b" ", 2)[1].decode()
        if path == "/close":
            self.transport.close()
            return
        if path == "/silent":
            return
        if path == "/stall":
            time.sleep(STALL_SECONDS)
        body = json.dumps(self.log) if path == "/log" else path
        status = "503 Service Unavailable" if path == "/503" else "200 OK"
        self.transport.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        if path != "/log":
            self.log.append((received, time.monotonic()))


@contextmanager
def odd_server() -> Iterator[str]:
    """The address of a server for the block."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def read_log(address: str) -> list[tuple[float, float]]:
    """When each request came and was answered."""
    with urllib.request.urlopen(f"{address}/log", timeout=10) as answer:
        return [(received, answered) for received, answered in json.load(answer)]


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(OddProtocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
