"""Requests that arrive at a fixed rate, whether or not any is answered.

Latency counts from the moment at which a request was meant to start: time in which it waited for a free connection,
or for this program, is in it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import httptools

_CONNECT_SECONDS = 5.0
_RETRY_SECONDS = 0.05
_LOOK_SECONDS = 0.05
_HEAD_START_SECONDS = 0.05
_MICROSECONDS = 1_000_000

Connect = Callable[[Callable[[], asyncio.Protocol]], Awaitable[object]]
"""Makes a connection, given the factory of its protocol."""


class Connection(asyncio.Protocol):
    """One connection, with one request under way at a time.

    Attributes:
        intended: when the request under way was meant to start, by the loop's clock; ``None`` where there is none.
    """

    def __init__(self, load: "Load") -> None:
        self.intended: float | None = None
        self._load = load
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = transport
        self._load.became_free(self)

    def send(self, intended: float, payload: bytes) -> None:
        """Sends a request that was meant to start at ``intended``."""
        self.intended = intended
        self._transport.write(payload)

    def data_received(self, data: bytes) -> None:
        """A piece of an answer came."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.fail("read")

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self.intended is None:
            return
        self._load.answered(self.intended, self._parser.get_status_code())
        self.intended = None
        if self._parser.should_keep_alive():
            self._load.became_free(self)
        else:
            self._transport.close()

    def fail(self, kind: str) -> None:
        """The request under way comes to nothing, and the connection with it."""
        self.intended = None
        self._load.failed[kind] += 1
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - named so in asyncio
        """It is closed, by whomever."""
        if self.intended is not None:
            self.intended = None
            self._load.failed["read"] += 1
        self._load.lost(self)


class Load:
    """Requests at a fixed rate over a fixed number of connections, and what came of each.

    Args:
        payloads: the requests as they go over the wire, put in turn.
        rate: requests a second.
        seconds: how long they keep arriving.
        timeout: seconds from its intended start after which a request is given up.
    """

    def __init__(self, payloads: Sequence[bytes], rate: float, seconds: float, timeout: float) -> None:
        self.failed: Counter[str] = Counter()
        self._payloads, self._rate, self._timeout = payloads, rate, timeout
        self._wanted = max(1, round(rate * seconds))
        self._arrived = self._sent = self._non_2xx = 0
        self._latency: Counter[int] = Counter()
        self._lateness: Counter[int] = Counter()
        self._free: deque[Connection] = deque()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._connections: set[Connection] = set()
        self._loop = asyncio.get_running_loop()
        self._began = self._last_sent = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = self._loop.create_future()

    async def run(self, connections: int, connect: Connect) -> dict[str, Any]:
        """Opens the connections, sends everything, waits for the answers; what came of it, as JSON takes it.

        Args:
            connections: how many requests can be under way at a time.
            connect: how they are made.

        Raises:
            OSError: a first connection cannot be made.
        """
        self._connect = partial(connect, partial(Connection, self))
        async with asyncio.timeout(_CONNECT_SECONDS):
            await asyncio.gather(*(self._connect() for _ in range(connections)))
        self._began = self._loop.time() + _HEAD_START_SECONDS
        self._loop.call_at(self._began, self._arrive)
        self._loop.call_later(_LOOK_SECONDS, self._give_up_the_late)
        await self._is_over
        return self._outcome()

    def _arrive(self) -> None:
        now = self._loop.time()
        while self._arrived < self._wanted and (intended := self._intended()) <= now:
            payload = self._payloads[self._arrived % len(self._payloads)]
            self._arrived += 1
            if self._free:
                self._lateness[_microseconds(now - intended)] += 1
                self._send(self._free.popleft(), intended, payload)
            else:
                self._waiting.append((intended, payload))
        if self._arrived < self._wanted:
            self._loop.call_at(self._intended(), self._arrive)

    def _intended(self) -> float:
        return self._began + self._arrived / self._rate

    def _send(self, connection: Connection, intended: float, payload: bytes) -> None:
        self._sent += 1
        self._last_sent = self._loop.time()
        connection.send(intended, payload)

    def became_free(self, connection: Connection) -> None:
        """A connection can take a request: one that waits, or the next that arrives."""
        self._connections.add(connection)
        if self._waiting:
            self._send(connection, *self._waiting.popleft())
        else:
            self._free.append(connection)

    def answered(self, intended: float, status: int) -> None:
        """An answer came."""
        self._latency[_microseconds(self._loop.time() - intended)] += 1
        self._non_2xx += not 200 <= status < 300

    def lost(self, connection: Connection) -> None:
        """A connection is gone: another is made in its place."""
        self._connections.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if not self._is_over.done():
            task = self._loop.create_task(self._connect_again())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect_again(self) -> None:
        while not self._is_over.done():
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await self._connect()
            except OSError:
                if self._waiting:
                    self._waiting.popleft()
                    self.failed["connect"] += 1
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _give_up_the_late(self) -> None:
        oldest = self._loop.time() - self._timeout
        for connection in [one for one in self._connections if one.intended is not None and one.intended < oldest]:
            connection.fail("timeout")
        while self._waiting and self._waiting[0][0] < oldest:
            self._waiting.popleft()
            self.failed["timeout"] += 1
        under_way = any(connection.intended is not None for connection in self._connections)
        if self._arrived == self._wanted and not self._waiting and not under_way:
            self._is_over.set_result(None)
        else:
            self._loop.call_later(_LOOK_SECONDS, self._give_up_the_late)

    def _outcome(self) -> dict[str, Any]:
        seconds = max(self._wanted / self._rate, self._last_sent - self._began)
        return {
            "seconds": seconds,
            "rate_reached": self._sent / seconds,
            "requests": self._latency.total(),
            "non_2xx": self._non_2xx,
            "failed": dict(self.failed),
            "latency": sorted(self._latency.items()),
            "lateness": sorted(self._lateness.items()),
        }


def _microseconds(seconds: float) -> int:
    return round(seconds * _MICROSECONDS)
