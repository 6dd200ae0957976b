"""How expensive searches slow down other clients: ``python -m tests.benchmarks.starvation``.

Three loads on one site, each on both services, through Nginx. The header ``X-Real-IP`` gives the address of a client.

- burst: 400 expensive searches, each abandoned after 50 ms; then the time until a new search takes under 100 ms.
- sustained: 100 expensive searches per second for four seconds, each abandoned after 50 ms, each from an address of its
  own, so that the limit per address does not hide their cost; at the same time a cheap search every 100 ms, which may
  take 0.2 s.
- share: ten connections of one address with expensive searches that are not abandoned; the p99 of the other clients
  before and during that load.

A small catalog has no expensive search. There the benchmark adds one: it waits 0.3 s inside PostgreSQL, at one row.

``--checkout`` measures the site of another checkout, such as one of the release before, with the same clients.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from tests.support.site import RunningSite, free_environment

_SERVICES = ("django", "fastapi")
_ABANDON_SECONDS = 0.05
_BURST = 400
_BURST_SECONDS = 2.4
_SUSTAINED_RATE = 100
_SUSTAINED_SECONDS = 4.0
_PROBE_PAUSE_SECONDS = 0.1
_PROBE_SECONDS = 0.2
_QUICK_SECONDS = 0.1
_LONGEST_SECONDS = 90.0
_GENERATE_SECONDS = 1200
_SHARE_CONNECTIONS = 10
_OTHERS = 4
_OTHERS_PAUSE_SECONDS = 0.05
_SHARE_SECONDS = 12.0
_EXPENSIVE_PARTS = 500_000
_SLOW_TEXT = "щщ"
_SLOW_SECONDS = 0.3
_CHEAP = {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный", "is_new_part": True}}


@dataclass
class Answer:
    """An answer: its status, 0 without an answer in time, and its seconds."""

    status: int
    seconds: float


class Clients:
    """Clients of one service, through Nginx; ``X-Real-IP`` gives the address of each request."""

    def __init__(self, port: int, service: str, expensive: dict[str, Any]) -> None:
        self._port = port
        self._path = f"/{service}/search/part/"
        self._expensive = expensive
        self._numbers = itertools.count(1)

    def _new_address(self) -> str:
        number = next(self._numbers)
        return f"198.{18 + number // 62_500 % 2}.{number // 250 % 250}.{1 + number % 250}"

    def _request(self, search: dict[str, Any], address: str) -> bytes:
        body = json.dumps(search).encode()
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: localhost\r\nX-Real-IP: {address}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def abandon(self) -> None:
        """Send an expensive search, and disconnect after 50 ms."""
        with suppress(OSError):
            async with self._connected() as (reader, writer):
                writer.write(self._request(self._expensive, self._new_address()))
                with suppress(TimeoutError, asyncio.IncompleteReadError):
                    await asyncio.wait_for(_status(reader), _ABANDON_SECONDS)

    async def cheap(self, longest: float = _LONGEST_SECONDS) -> Answer:
        """Return the answer to a cheap search on a new connection from a new address."""
        began = time.perf_counter()
        status = 0
        with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
            async with asyncio.timeout(longest), self._connected() as (reader, writer):
                writer.write(self._request(_CHEAP, self._new_address()))
                status = await _status(reader)
        return Answer(status, time.perf_counter() - began)

    async def keep_asking(self, address: str, until: float, statuses: Counter[int]) -> None:
        """Send expensive searches one after the other over one connection."""
        while time.perf_counter() < until:
            with suppress(OSError, asyncio.IncompleteReadError):
                async with self._connected() as (reader, writer):
                    while time.perf_counter() < until:
                        writer.write(self._request(self._expensive, address))
                        statuses[await _status(reader)] += 1


async def _status(reader: asyncio.StreamReader) -> int:
    """Return the status of the next answer after reading its body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    elif "transfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    return int(head.split(" ", 2)[1])


async def _until_quick(clients: Clients) -> float:
    """Return the seconds until a new search takes under 100 ms."""
    began = time.perf_counter()
    while time.perf_counter() - began < _LONGEST_SECONDS:
        answer = await clients.cheap(_LONGEST_SECONDS)
        if answer.status == 200 and answer.seconds < _QUICK_SECONDS:
            return time.perf_counter() - began
    return _LONGEST_SECONDS


async def burst(clients: Clients) -> dict[str, str]:
    """Return the seconds from the end of a burst of abandoned searches to the next quick answer."""
    tasks = []
    for _ in range(_BURST):
        tasks.append(asyncio.create_task(clients.abandon()))
        await asyncio.sleep(_BURST_SECONDS / _BURST)
    await asyncio.gather(*tasks)
    return {"next quick answer after": f"{await _until_quick(clients):.2f} s"}


async def sustained(clients: Clients) -> dict[str, str]:
    """Return how many of the cheap searches are answered in time while others are abandoned."""
    began = time.perf_counter()
    abandoned, probes = [], []
    while (now := time.perf_counter() - began) < _SUSTAINED_SECONDS:
        if len(abandoned) < now * _SUSTAINED_RATE:
            abandoned.append(asyncio.create_task(clients.abandon()))
        if len(probes) < now / _PROBE_PAUSE_SECONDS:
            probes.append(asyncio.create_task(clients.cheap(_LONGEST_SECONDS)))
        await asyncio.sleep(0.001)
    answers = await asyncio.gather(*probes)
    await asyncio.gather(*abandoned)
    good = [answer for answer in answers if answer.status == 200 and answer.seconds <= _PROBE_SECONDS]
    return {
        "probes in 0.2 s": f"{len(good)} of {len(answers)}",
        "slowest": f"{max(answer.seconds for answer in answers) * 1000:.0f} ms",
    }


async def share(clients: Clients) -> dict[str, str]:
    """Return the p99 of other clients without and with ten connections of one address with expensive searches."""
    alone = await _others(clients)
    statuses: Counter[int] = Counter()
    until = time.perf_counter() + _SHARE_SECONDS + 1
    ten = [asyncio.create_task(clients.keep_asking("203.0.113.7", until, statuses)) for _ in range(_SHARE_CONNECTIONS)]
    await asyncio.sleep(0.5)
    beside = await _others(clients)
    await asyncio.gather(*ten)
    bound = 2 * _p99(alone) + 0.05
    return {
        "p99 alone": f"{_p99(alone) * 1000:.0f} ms",
        "p99 beside ten": f"{_p99(beside) * 1000:.0f} ms",
        "bound": f"{bound * 1000:.0f} ms",
        "others failed": str(sum(answer.status != 200 for answer in beside)),
        "answers of the ten": ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items())),
    }


async def _others(clients: Clients) -> list[Answer]:
    answers: list[Answer] = []
    until = time.perf_counter() + _SHARE_SECONDS

    async def ask_on() -> None:
        while time.perf_counter() < until:
            answers.append(await clients.cheap())
            await asyncio.sleep(_OTHERS_PAUSE_SECONDS)

    await asyncio.gather(*(ask_on() for _ in range(_OTHERS)))
    return answers


def _p99(answers: list[Answer]) -> float:
    return statistics.quantiles([answer.seconds for answer in answers], n=100)[98]


LOADS: dict[str, Callable[[Clients], Awaitable[dict[str, str]]]] = {
    "burst": burst,
    "sustained": sustained,
    "share": share,
}


def main() -> None:
    """Measure each load at each size, and print a line for each."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.starvation", description=__doc__)
    parser.add_argument("--checkout", type=Path, help="the checkout whose .venv runs the site; by default this one")
    parser.add_argument("--parts", default="10000,1000000", help="sizes of the catalog in ascending order")
    parser.add_argument("--loads", default=",".join(LOADS))
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as folder:
        Path(folder).chmod(0o755)
        environment = free_environment(Path(folder) / "home") | {"PARTSEARCH_BEHIND_PROXY": "true"}
        with RunningSite.started(environment, arguments.checkout) as site:
            for parts in _filled(site, [int(size) for size in arguments.parts.split(",")]):
                _measure(site, parts, arguments.loads.split(","), arguments.rounds)


def _filled(site: RunningSite, sizes: list[int]) -> Iterator[int]:
    existing = 0
    for size in sizes:
        generated = site.run("generate", str(size - existing), "--seed", str(size), seconds=_GENERATE_SECONDS)
        assert generated.returncode == 0, generated.stderr
        existing = size
        with psycopg.connect(site.conninfo, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield size


_SLOW = f"""
CREATE SCHEMA IF NOT EXISTS slow;
CREATE OR REPLACE FUNCTION slow.strpos(text, text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF $2 = '{_SLOW_TEXT}' AND $1 = '{_SLOW_TEXT}' THEN
        PERFORM pg_sleep({_SLOW_SECONDS});
    END IF;
    RETURN pg_catalog.strpos($1, $2);
END
$$;
GRANT USAGE ON SCHEMA slow TO PUBLIC;
ALTER DATABASE partsearch SET search_path = slow, pg_catalog, public;
INSERT INTO part (name, mark_id, model_id, price)
    SELECT '{_SLOW_TEXT}', mark_id, id, 1 FROM model
    WHERE NOT EXISTS (SELECT FROM part WHERE name = '{_SLOW_TEXT}') LIMIT 1;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'partsearch' AND pid <> pg_backend_pid();
"""


def _expensive_search(site: RunningSite, parts: int) -> dict[str, Any]:
    if parts >= _EXPENSIVE_PARTS:
        return {"part_name": "а", "page": parts // 20}
    with psycopg.connect(site.conninfo, user="postgres", autocommit=True) as connection:
        connection.execute(_SLOW)
    return {"part_name": _SLOW_TEXT}


def _measure(site: RunningSite, parts: int, loads: list[str], rounds: int) -> None:
    expensive = _expensive_search(site, parts)
    table = Table(title=f"{parts:,} parts; the expensive search is {json.dumps(expensive, ensure_ascii=False)}")
    for heading in ("load", "service", "round", "figures"):
        table.add_column(heading)
    for load, service, number in itertools.product(loads, _SERVICES, range(1, rounds + 1)):
        clients = Clients(int(site.environment["PARTSEARCH_PORT"]), service, expensive)
        asyncio.run(_until_quick(clients))
        figures = asyncio.run(_run(LOADS[load], clients))
        table.add_row(load, service, str(number), "; ".join(f"{name} {value}" for name, value in figures.items()))
    Console(width=200).print(table)


async def _run(load: Callable[[Clients], Awaitable[dict[str, str]]], clients: Clients) -> dict[str, str]:
    return await load(clients)


if __name__ == "__main__":
    main()
