"""What dear searches cost everybody else: ``python -m tests.benchmarks.starvation``.

Three loads on one site, each on both services, through Nginx. The visitors' addresses are told by ``X-Real-IP``.

- burst: 400 dear searches, each cut after 50 ms; then how long it takes until a new search is answered in under 100 ms.
- sustained: 100 dear searches a second for four seconds, each cut after 50 ms, each from an address of its own, so that
  no share of an address hides what they cost; meanwhile a cheap search every 100 ms, which has 0.2 s.
- share: ten connections of one address with dear searches that are not cut; the p99 of the others before and meanwhile.

A small catalog has no dear search. There one is made dear: it waits 0.3 s inside PostgreSQL, at one row.

``--checkout`` measures the site of another checkout, such as one of the release before, by the same clients.
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
_CUT_SECONDS = 0.05
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
_DEAR_PARTS = 500_000
_SLOW_TEXT = "щщ"
_SLOW_SECONDS = 0.3
_CHEAP = {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный", "is_new_part": True}}


@dataclass
class Answer:
    """One request: its status, 0 where there was no answer in time, and how long it took in seconds."""

    status: int
    seconds: float


class Visitors:
    """Clients of one service, through Nginx, each request from an address that is told by ``X-Real-IP``."""

    def __init__(self, port: int, service: str, dear: dict[str, Any]) -> None:
        self._port = port
        self._path = f"/{service}/search/part/"
        self._dear = dear
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

    async def cut(self) -> None:
        """Ask a dear search, and leave after 50 ms."""
        with suppress(OSError):
            async with self._connected() as (reader, writer):
                writer.write(self._request(self._dear, self._new_address()))
                with suppress(TimeoutError, asyncio.IncompleteReadError):
                    await asyncio.wait_for(_status(reader), _CUT_SECONDS)

    async def cheap(self, longest: float = _LONGEST_SECONDS) -> Answer:
        """Ask a cheap search by a new connection of a new address."""
        began = time.perf_counter()
        status = 0
        with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
            async with asyncio.timeout(longest), self._connected() as (reader, writer):
                writer.write(self._request(_CHEAP, self._new_address()))
                status = await _status(reader)
        return Answer(status, time.perf_counter() - began)

    async def keep_asking(self, address: str, until: float, statuses: Counter[int]) -> None:
        """Ask dear searches one after the other over one connection, as fast as they are answered."""
        while time.perf_counter() < until:
            with suppress(OSError, asyncio.IncompleteReadError):
                async with self._connected() as (reader, writer):
                    while time.perf_counter() < until:
                        writer.write(self._request(self._dear, address))
                        statuses[await _status(reader)] += 1


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, whose body is read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")), None)
    if length is not None:
        await reader.readexactly(length)
    elif "transfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    return int(head.split(" ", 2)[1])


async def _until_quick(visitors: Visitors) -> float:
    """Seconds until a new search is answered in under 100 ms."""
    began = time.perf_counter()
    while time.perf_counter() - began < _LONGEST_SECONDS:
        answer = await visitors.cheap(_LONGEST_SECONDS)
        if answer.status == 200 and answer.seconds < _QUICK_SECONDS:
            return time.perf_counter() - began
    return _LONGEST_SECONDS


async def burst(visitors: Visitors) -> dict[str, str]:
    """Seconds from the end of a burst of abandoned searches to the next quick answer."""
    tasks = []
    for _ in range(_BURST):
        tasks.append(asyncio.create_task(visitors.cut()))
        await asyncio.sleep(_BURST_SECONDS / _BURST)
    await asyncio.gather(*tasks)
    return {"next quick answer after": f"{await _until_quick(visitors):.2f} s"}


async def sustained(visitors: Visitors) -> dict[str, str]:
    """How many of the cheap searches are answered in time while others are abandoned."""
    began = time.perf_counter()
    cutting, probes = [], []
    while (now := time.perf_counter() - began) < _SUSTAINED_SECONDS:
        if len(cutting) < now * _SUSTAINED_RATE:
            cutting.append(asyncio.create_task(visitors.cut()))
        if len(probes) < now / _PROBE_PAUSE_SECONDS:
            probes.append(asyncio.create_task(visitors.cheap(_LONGEST_SECONDS)))
        await asyncio.sleep(0.001)
    answers = await asyncio.gather(*probes)
    await asyncio.gather(*cutting)
    good = [one for one in answers if one.status == 200 and one.seconds <= _PROBE_SECONDS]
    return {
        "probes in 0.2 s": f"{len(good)} of {len(answers)}",
        "slowest": f"{max(one.seconds for one in answers) * 1000:.0f} ms",
    }


async def share(visitors: Visitors) -> dict[str, str]:
    """The p99 of the others without and with ten connections of one address that ask dear searches."""
    alone = await _others(visitors)
    statuses: Counter[int] = Counter()
    until = time.perf_counter() + _SHARE_SECONDS + 1
    greedy = [
        asyncio.create_task(visitors.keep_asking("203.0.113.7", until, statuses)) for _ in range(_SHARE_CONNECTIONS)
    ]
    await asyncio.sleep(0.5)
    beside = await _others(visitors)
    await asyncio.gather(*greedy)
    bound = 2 * _p99(alone) + 0.05
    return {
        "p99 alone": f"{_p99(alone) * 1000:.0f} ms",
        "p99 beside ten": f"{_p99(beside) * 1000:.0f} ms",
        "bound": f"{bound * 1000:.0f} ms",
        "others failed": str(sum(one.status != 200 for one in beside)),
        "the ten were answered": ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items())),
    }


async def _others(visitors: Visitors) -> list[Answer]:
    answers: list[Answer] = []
    until = time.perf_counter() + _SHARE_SECONDS

    async def ask_on() -> None:
        while time.perf_counter() < until:
            answers.append(await visitors.cheap())
            await asyncio.sleep(_OTHERS_PAUSE_SECONDS)

    await asyncio.gather(*(ask_on() for _ in range(_OTHERS)))
    return answers


def _p99(answers: list[Answer]) -> float:
    return statistics.quantiles([one.seconds for one in answers], n=100)[98]


LOADS: dict[str, Callable[[Visitors], Awaitable[dict[str, str]]]] = {
    "burst": burst,
    "sustained": sustained,
    "share": share,
}


def main() -> None:
    """Measure each load at each size, and print a line for each."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.starvation", description=__doc__)
    parser.add_argument("--checkout", type=Path, help="whose .venv runs the site; this one by default")
    parser.add_argument("--parts", default="10000,1000000", help="sizes of the catalog, growing")
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
    there = 0
    for size in sizes:
        generated = site.run("generate", str(size - there), "--seed", str(size), seconds=_GENERATE_SECONDS)
        assert generated.returncode == 0, generated.stderr
        there = size
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


def _dear_search(site: RunningSite, parts: int) -> dict[str, Any]:
    if parts >= _DEAR_PARTS:
        return {"part_name": "а", "page": parts // 20}
    with psycopg.connect(site.conninfo, user="postgres", autocommit=True) as connection:
        connection.execute(_SLOW)
    return {"part_name": _SLOW_TEXT}


def _measure(site: RunningSite, parts: int, loads: list[str], rounds: int) -> None:
    dear = _dear_search(site, parts)
    table = Table(title=f"{parts:,} parts; the dear search is {json.dumps(dear, ensure_ascii=False)}")
    for heading in ("load", "service", "round", "figures"):
        table.add_column(heading)
    for load, service, number in itertools.product(loads, _SERVICES, range(1, rounds + 1)):
        visitors = Visitors(int(site.environment["PARTSEARCH_PORT"]), service, dear)
        asyncio.run(_until_quick(visitors))
        figures = asyncio.run(_one(LOADS[load], visitors))
        table.add_row(load, service, str(number), "; ".join(f"{name} {value}" for name, value in figures.items()))
    Console(width=200).print(table)


async def _one(load: Callable[[Visitors], Awaitable[dict[str, str]]], visitors: Visitors) -> dict[str, str]:
    return await load(visitors)


if __name__ == "__main__":
    main()
