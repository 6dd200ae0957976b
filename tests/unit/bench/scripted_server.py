"""A small HTTP server in a process of its own. The path of a request selects its behaviour.

``/ok`` is answered at once. ``/stall`` stops the whole server for STALL_SECONDS before its answer. ``/close`` closes
the connection, ``/silent`` gets no answer, ``/503`` an error. ``/log`` returns the log: the times by CLOCK_MONOTONIC at
which each other request came and was answered. Any other path is answered with itself.
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


class ScriptedProtocol(asyncio.Protocol):
    """One connection; a request comes in one piece, with a short body or none."""

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
def scripted_server() -> Iterator[str]:
    """Run a server for the block; yield its address."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def read_log(address: str) -> list[tuple[float, float]]:
    """Return when each request came and was answered."""
    with urllib.request.urlopen(f"{address}/log", timeout=10) as answer:
        return [(received, answered) for received, answered in json.load(answer)]


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(ScriptedProtocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
