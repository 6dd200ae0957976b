"""The generator of the open loop: ``python -m partsearch.bench.load.open_loop ADDRESS REQUESTS.json``.

It prints the results as JSON. It is a program of its own so that nothing else takes its time, and so that its CPU use
can be measured. ``docs/decisions/open-loop.md`` says why it is not an existing tool.
"""

import argparse
import asyncio
import gc
import json
import select
import selectors
import ssl
import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from partsearch.bench.load.open_loop.load import Load


class PreciseSelector(selectors.DefaultSelector):
    """A selector that wakes up to the microsecond: epoll rounds up to the next millisecond."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait like the base class, but in select(2), which accepts the epoll descriptor like any other."""
        if timeout is None or timeout <= 0 or not hasattr(self, "fileno"):
            return super().select(timeout)
        select.select([self.fileno()], [], [], timeout)
        return super().select(0)


def _payload(address: str, host: str | None, request: dict[str, str]) -> bytes:
    parts, body = urlsplit(address), request["body"].encode()
    lines = [f"{request['method']} {parts.path}{request['path']} HTTP/1.1", f"Host: {host or parts.netloc}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    parts = urlsplit(arguments.address)
    is_tls = parts.scheme == "https"
    requests = json.loads(arguments.requests.read_text())
    payloads = [_payload(arguments.address, arguments.host, request) for request in requests]
    connect = partial(
        asyncio.get_running_loop().create_connection,
        host=parts.hostname,
        port=parts.port or (443 if is_tls else 80),
        ssl=ssl.create_default_context() if is_tls else None,
    )
    load = Load(payloads, arguments.rate, arguments.seconds, arguments.timeout)
    return await load.run(arguments.connections, connect)


def main() -> None:
    """Run the load of the arguments, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m partsearch.bench.load.open_loop")
    parser.add_argument("address", help="the URL that precedes the paths of the requests")
    parser.add_argument("requests", type=Path, help="JSON: a list of objects with method, path and body")
    parser.add_argument("--rate", type=float, required=True, help="requests per second")
    parser.add_argument("--seconds", type=float, required=True, help="how long requests arrive")
    parser.add_argument("--connections", type=int, default=100, help="the most concurrent requests")
    parser.add_argument("--timeout", type=float, default=2.0, help="seconds after which a request fails")
    parser.add_argument("--host", help="the header Host")
    arguments = parser.parse_args()
    # A garbage collection would stop this program, and make every answer in that time look late.
    gc.disable()
    with asyncio.Runner(loop_factory=partial(asyncio.SelectorEventLoop, PreciseSelector())) as runner:
        try:
            json.dump(runner.run(_run(arguments)), sys.stdout)
        except OSError as error:
            sys.exit(f"{arguments.address} cannot be reached: {error or 'it does not answer'}")


if __name__ == "__main__":
    main()
