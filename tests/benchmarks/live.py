"""Live search: the memory of a socket and the delay of a change: ``python -m tests.benchmarks.live``.

One process on the same machine is the client of the service, on its own port.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

from tests.support.live import LIVE, workers_of
from tests.support.site import RunningSite, free_environment

_PARTS = 10_000
_SOCKETS = 1_000
_CHANGES = 20
_SEARCHES = (1, 100, 1_000)
_AT_ONCE = 50
_CHANGE = """
    UPDATE part SET price = price + 0.01 WHERE id = (
        SELECT min(part.id) FROM part JOIN mark ON mark.id = mark_id JOIN model ON model.id = model_id
        WHERE part.is_visible AND mark.is_visible AND model.is_visible AND part.name LIKE 'Бампер%'
    )
"""


def main() -> None:
    """Measure, and print a table."""
    with (
        tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as folder,
        RunningSite.started(free_environment(Path(folder) / "home")) as site,
    ):
        generated = site.run("generate", str(_PARTS))
        assert generated.returncode == 0, generated.stderr
        Console(width=120).print(asyncio.run(_measured(site)))


async def _measured(site: RunningSite) -> Table:
    table = Table("sockets", "distinct searches", "KiB a socket", "median, ms", "p99, ms", "longest, ms")
    workers = workers_of(site.pid("fastapi"))
    for searches in _SEARCHES:
        before = sum(worker.memory_info().rss for worker in workers)
        sockets = await _connected(site.fastapi_url, searches)
        # The memory of earlier sockets is reused, so only the first ones show the memory of a socket.
        weight = (sum(worker.memory_info().rss for worker in workers) - before) / _SOCKETS / 1024
        delays = sorted(await _delays(site, sockets))
        figures = (statistics.median(delays), delays[int(len(delays) * 0.99)], delays[-1])
        table.add_row(
            str(_SOCKETS),
            str(searches),
            f"{weight:.1f}" if searches == _SEARCHES[0] else "—",
            *(f"{1000 * figure:.0f}" for figure in figures),
        )
        await asyncio.gather(*(socket.close() for socket in sockets))
    return table


async def _connected(url: str, searches: int) -> list[ClientConnection]:
    """Return sockets that share ``searches`` searches, all of them answered; each search finds all bumpers."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def connected(number: int) -> ClientConnection:
        async with turns:
            socket = await connect(
                url.replace("http", "ws") + LIVE, proxy=None, compression=None, ping_interval=None, open_timeout=60
            )
            await socket.send(f'{{"part_name": "бампер", "price_lte": {9_000_000 + number % searches}}}')
            await socket.recv()
            return socket

    return list(await asyncio.gather(*map(connected, range(_SOCKETS))))


async def _delays(site: RunningSite, sockets: list[ClientConnection]) -> list[float]:
    """Return the seconds from the commit of a change to each message about it."""
    delays: list[float] = []
    async with await psycopg.AsyncConnection.connect(site.conninfo, autocommit=True) as connection:
        for _ in range(_CHANGES):
            received = [asyncio.create_task(_received(socket)) for socket in sockets]
            await connection.execute(_CHANGE.encode())
            changed = time.monotonic()
            delays += [moment - changed for moment in await asyncio.gather(*received)]
    return delays


async def _received(socket: ClientConnection) -> float:
    await socket.recv()
    return time.monotonic()


if __name__ == "__main__":
    main()
