"""The live sockets of the long test, in a process of their own, and the change that is written every 100 ms.

Each change gives one part the next price, so that a message tells which change it knows of: a price that was there
before is a message that came twice, and one that goes back is an old one. Who is sent away comes back with full jitter.
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
_WATCHES = 10
_AT_ONCE = 20
_SETTLE_SECONDS = 30.0
_MOST_CHANGES = 200_000
_WINDOW_SECONDS = 5


@dataclass
class SocketRecord:
    """What one client met, over all of its connections; times by ``time.monotonic()``.

    Attributes:
        last: the newest price that it was told.
        messages: how many results it was sent.
        doubled: results that told what the one before on the same connection had told, or something older.
        went_back: first results of a new connection that were older than what the one before had told.
        closed: when each connection was closed by the server, and the code; ``None`` where no Close frame came.
        unannounced: closes that no going-away message came before.
        connected: when each connection was there.
        refused: how often a connection could not be made.
        problems: messages that were no results, and not going-away.
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
    """What all sockets met; filled when they have gone.

    Attributes:
        delays: how many messages came so many milliseconds after the commit of the oldest change that they tell of.
        last: the last price that was written.
    """

    records: list[SocketRecord] = field(default_factory=list)
    delays: Counter[int] = field(default_factory=Counter)
    last: int = 0

    def sum(self, name: str) -> int:
        """The sum of a number of the records."""
        return sum(getattr(record, name) for record in self.records)

    def moved(self) -> int:
        """How many times a socket was sent away with a Close frame of 1012."""
        return sum(code == SERVICE_RESTART for record in self.records for _, code in record.closed)

    def cut(self) -> int:
        """How many times a socket ended in another way, unannounced, or could not be made."""
        others = sum(code != SERVICE_RESTART for record in self.records for _, code in record.closed)
        return others + self.sum("unannounced") + self.sum("refused")

    def lost(self) -> int:
        """Clients that do not know of the last change, and answers to a new connection that were old."""
        return sum(record.last != self.last for record in self.records) + self.sum("went_back")

    def delay(self, share: float) -> int:
        """The delay in milliseconds that this share of the messages did not pass."""
        wanted, seen = share * self.delays.total(), 0
        for milliseconds, number in sorted(self.delays.items()):
            seen += number
            if seen >= wanted:
                return milliseconds
        return 0

    def fastest_return(self) -> float:
        """The most connections a second that were made anew, over any window of some seconds."""
        moments = Counter(int(moment) for record in self.records for moment in record.connected[1:])
        seconds = range(min(moments), max(moments) + 1) if moments else range(0)
        sums = [sum(moments[second + step] for step in range(_WINDOW_SECONDS)) for second in seconds]
        return max(sums, default=0) / _WINDOW_SECONDS


@contextmanager
def watching(site: RunningSite, number: int) -> Iterator[Sockets]:
    """Sockets that watch a part change, for the time of the block; what they met is known after it."""
    sockets = Sockets()
    part = _make_part(site.conninfo)
    context = multiprocessing.get_context("spawn")
    times, stop = context.Array("d", _MOST_CHANGES, lock=False), threading.Event()
    ours, theirs = context.Pipe()
    process = context.Process(target=_watch, args=(site.url, number, times, theirs), daemon=True)
    process.start()
    theirs.close()
    writer = threading.Thread(target=_write, args=(site.conninfo, part, times, stop))
    try:
        assert ours.poll(2 * _SETTLE_SECONDS), "the sockets do not open"
        assert ours.recv() == number, "not every socket opened"
        writer.start()
        yield sockets
    finally:
        stop.set()
        if writer.ident:
            writer.join()
        sockets.last = sum(1 for moment in times if moment)
        ours.send(sockets.last)
        assert ours.poll(2 * _SETTLE_SECONDS), "the sockets do not go"
        records, delays = ours.recv()
        sockets.records += records
        sockets.delays += delays
        process.join(_SETTLE_SECONDS)


def _make_part(conninfo: str) -> int:
    """A part of its own that is shown, with its first price."""
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


def _watch(url: str, number: int, times: Any, site: Connection) -> None:
    uvloop.run(_Crowd(url, number, times).watch(site))


class _Crowd:
    """All clients of the process."""

    def __init__(self, url: str, number: int, times: Any) -> None:
        self._url = url.replace("http", "ws", 1) + LIVE
        self._times = times
        self._records = [SocketRecord() for _ in range(number)]
        self._delays: Counter[int] = Counter()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def watch(self, site: Connection) -> None:
        clients = [asyncio.create_task(self._stay(*each)) for each in enumerate(self._records)]
        await _until(lambda: all(record.messages for record in self._records), _SETTLE_SECONDS)
        site.send(sum(record.messages > 0 for record in self._records))
        last = await asyncio.to_thread(site.recv)
        await _until(lambda: all(record.last == last for record in self._records), _SETTLE_SECONDS)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        site.send((self._records, self._delays))

    async def _stay(self, number: int, record: SocketRecord) -> None:
        """One client: connects, listens, and comes back."""
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
            await socket.send(json.dumps({"part_name": _PART, "price_lte": 9_000_000 + number % _WATCHES}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "result":
                    self._heard(int(message["summ"]), record, is_first=is_first)
                    is_first = False
                elif message["type"] == "going-away":
                    is_announced = True
                else:
                    record.problems += 1
        code = socket.protocol.close_rcvd.code if socket.protocol.close_rcvd else None
        record.closed.append((time.monotonic(), code))
        record.unannounced += not is_announced

    def _heard(self, price: int, record: SocketRecord, *, is_first: bool) -> None:
        record.messages += 1
        if is_first:
            record.went_back += price < record.last
        elif price <= record.last:
            record.doubled += 1
        else:
            oldest = self._times[record.last]
            self._delays[int(max(0, 1000 * (time.monotonic() - oldest))) if oldest else 0] += 1
        record.last = price


async def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
