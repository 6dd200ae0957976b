"""The live sockets of the long test, in a process of their own, and the change that is written every 100 ms.

Each change sets the next price of one part, so the price in a message identifies the change: the same price twice is a
duplicate message, and a lower one is an old message. A client whose socket is closed reconnects with full jitter.
"""

import asyncio
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import psycopg
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.support.live import LIVE
from tests.support.site import RunningSite

CHANGE_SECONDS = 0.1
JITTER_SECONDS = 1.0
SERVICE_RESTART = 1012
_PART = "Часы для долгого опыта"
_SUBSCRIPTIONS = 10
_AT_ONCE = 20
_WAIT_SECONDS = 30.0
_MOST_CHANGES = 200_000
_WINDOW_SECONDS = 5


@dataclass
class SocketRecord:
    """What one client observed, over all its connections; times by ``time.monotonic()``.

    Attributes:
        last: the newest price in a message.
        messages: how many results it received.
        doubled: results with the price of the one before on the same connection, or a lower one.
        went_back: first results of a new connection with a price lower than the last one.
        closed: when each connection was closed by the server, and the code; ``None`` where no Close frame came.
        unannounced: closes without a going-away message before.
        connected: when each connection was open.
        refused: how often a connection could not be opened.
        problems: messages other than results and going-away.
    """

    last: int = 0
    messages: int = 0
    doubled: int = 0
    went_back: int = 0
    closed: list[tuple[float, int | None]] = field(default_factory=list)
    unannounced: int = 0
    connected: list[float] = field(default_factory=list)
    refused: int = 0
    problems: int = 0


@dataclass
class Sockets:
    """What all sockets observed; complete when they have closed.

    Attributes:
        delays: the number of messages by the milliseconds since the commit of the oldest change that they contain.
        last: the last written price.
    """

    records: list[SocketRecord] = field(default_factory=list)
    delays: Counter[int] = field(default_factory=Counter)
    last: int = 0

    def sum(self, name: str) -> int:
        """Return the sum of an attribute of the records."""
        return sum(getattr(record, name) for record in self.records)

    def moved(self) -> int:
        """Return how often a socket was closed with code 1012."""
        return sum(code == SERVICE_RESTART for record in self.records for _, code in record.closed)

    def cut(self) -> int:
        """Return how often a socket was closed in another way, or unannounced, or could not be opened."""
        others = sum(code != SERVICE_RESTART for record in self.records for _, code in record.closed)
        return others + self.sum("unannounced") + self.sum("refused")

    def lost(self) -> int:
        """Return the number of clients without the last change, and of first results that were old."""
        return sum(record.last != self.last for record in self.records) + self.sum("went_back")

    def delay(self, share: float) -> int:
        """Return the delay in milliseconds that this share of the messages did not exceed."""
        wanted, seen = share * self.delays.total(), 0
        for milliseconds, number in sorted(self.delays.items()):
            seen += number
            if seen >= wanted:
                return milliseconds
        return 0

    def fastest_return(self) -> float:
        """Return the highest rate of reconnects a second, over any window of five seconds."""
        moments = Counter(int(moment) for record in self.records for moment in record.connected[1:])
        seconds = range(min(moments), max(moments) + 1) if moments else range(0)
        sums = [sum(moments[second + step] for step in range(_WINDOW_SECONDS)) for second in seconds]
        return max(sums, default=0) / _WINDOW_SECONDS


@contextmanager
def open_sockets(site: RunningSite, number: int) -> Iterator[Sockets]:
    """Open sockets that search for a changing part during the block; their records are complete after it."""
    sockets = Sockets()
    part = _make_part(site.conninfo)
    context = multiprocessing.get_context("spawn")
    times, stop = context.Array("d", _MOST_CHANGES, lock=False), threading.Event()
    ours, theirs = context.Pipe()
    process = context.Process(target=_run_clients, args=(site.url, number, times, theirs), daemon=True)
    process.start()
    theirs.close()
    writer = threading.Thread(target=_write, args=(site.conninfo, part, times, stop))
    try:
        assert ours.poll(2 * _WAIT_SECONDS), "the sockets do not open"
        assert ours.recv() == number, "not every socket opened"
        writer.start()
        yield sockets
    finally:
        stop.set()
        if writer.ident:
            writer.join()
        sockets.last = sum(1 for moment in times if moment)
        ours.send(sockets.last)
        assert ours.poll(2 * _WAIT_SECONDS), "the sockets do not close"
        records, delays = ours.recv()
        sockets.records += records
        sockets.delays += delays
        process.join(_WAIT_SECONDS)


def _make_part(conninfo: str) -> int:
    """Create a visible part of its own and return its id."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("DELETE FROM part WHERE name = %s", [_PART])
        found = connection.execute(
            "INSERT INTO part (name, mark_id, model_id, price, json_data, is_visible)"
            " SELECT %s, mark_id, model.id, 0, '{}', true FROM model JOIN mark ON mark.id = mark_id"
            " WHERE model.is_visible AND mark.is_visible LIMIT 1 RETURNING id",
            [_PART],
        ).fetchone()
        assert found
        return int(found[0])


def _write(conninfo: str, part: int, times: Any, stop: threading.Event) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        price = 0
        while not stop.wait(CHANGE_SECONDS):
            price += 1
            connection.execute("UPDATE part SET price = %s WHERE id = %s", [price, part], prepare=True)
            times[price - 1] = time.monotonic()


def _run_clients(url: str, number: int, times: Any, site: Connection) -> None:
    uvloop.run(_Clients(url, number, times).run(site))


class _Clients:
    """The clients of the process."""

    def __init__(self, url: str, number: int, times: Any) -> None:
        self._url = url.replace("http", "ws", 1) + LIVE
        self._times = times
        self._records = [SocketRecord() for _ in range(number)]
        self._delays: Counter[int] = Counter()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def run(self, site: Connection) -> None:
        clients = [asyncio.create_task(self._run_client(*each)) for each in enumerate(self._records)]
        await _wait_until(lambda: all(record.messages for record in self._records), _WAIT_SECONDS)
        site.send(sum(record.messages > 0 for record in self._records))
        last = await asyncio.to_thread(site.recv)
        await _wait_until(lambda: all(record.last == last for record in self._records), _WAIT_SECONDS)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        site.send((self._records, self._delays))

    async def _run_client(self, number: int, record: SocketRecord) -> None:
        """Run one client, which connects, listens and reconnects."""
        while True:
            try:
                async with self._turns:
                    socket = await connect(self._url, proxy=None, compression=None, ping_interval=None, open_timeout=30)
            except (OSError, WebSocketException):
                record.refused += 1
            else:
                await self._listen(socket, number, record)
            await asyncio.sleep(random.uniform(0, JITTER_SECONDS))

    async def _listen(self, socket: ClientConnection, number: int, record: SocketRecord) -> None:
        record.connected.append(time.monotonic())
        is_first, is_announced = True, False
        with suppress(ConnectionClosed):
            await socket.send(json.dumps({"part_name": _PART, "price_lte": 9_000_000 + number % _SUBSCRIPTIONS}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "result":
                    self._count(int(message["summ"]), record, is_first=is_first)
                    is_first = False
                elif message["type"] == "going-away":
                    is_announced = True
                else:
                    record.problems += 1
        code = socket.protocol.close_rcvd.code if socket.protocol.close_rcvd else None
        record.closed.append((time.monotonic(), code))
        record.unannounced += not is_announced

    def _count(self, price: int, record: SocketRecord, *, is_first: bool) -> None:
        record.messages += 1
        if is_first:
            record.went_back += price < record.last
        elif price <= record.last:
            record.doubled += 1
        else:
            oldest = self._times[record.last]
            self._delays[int(max(0, 1000 * (time.monotonic() - oldest))) if oldest else 0] += 1
        record.last = price


async def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
