"""Sends requests at a fixed rate, without waiting for earlier answers.

Latency counts from the intended start of a request. So it includes the wait for a free connection, and for this
program.
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
"""A function that opens a connection, given the factory of its protocol."""


class Connection(asyncio.Protocol):
    """One connection, with one request at a time.

    Attributes:
        intended: the intended start of the current request by the clock of the loop; ``None`` without one.
    """

    def __init__(self, load: "Load") -> None:
        self.intended: float | None = None
        self._load = load
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take part in the load now that the connection is open."""
        self._transport = transport
        self._load.became_free(self)

    def send(self, intended: float, payload: bytes) -> None:
        """Send a request with its intended start."""
        self.intended = intended
        self._transport.write(payload)

    def data_received(self, data: bytes) -> None:
        """Parse a piece of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.fail("read")

    def on_message_complete(self) -> None:
        """Count the complete answer."""
        if self.intended is None:
            return
        self._load.answered(self.intended, self._parser.get_status_code())
        self.intended = None
        if self._parser.should_keep_alive():
            self._load.became_free(self)
        else:
            self._transport.close()

    def fail(self, kind: str) -> None:
        """Count the current request as failed, and close the connection."""
        self.intended = None
        self._load.failed[kind] += 1
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the name of asyncio
        """Count the current request as failed now that the connection is closed."""
        if self.intended is not None:
            self.intended = None
            self._load.failed["read"] += 1
        self._load.lost(self)


class Load:
    """Requests at a fixed rate over a fixed number of connections, and their results.

    Args:
        payloads: the bytes of the requests, sent in turn.
        rate: requests per second.
        seconds: how long requests arrive.
        timeout: seconds from its intended start after which a request fails.
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
        """Open the connections, send all requests, wait for the answers; return the results for JSON.

        Args:
            connections: the most concurrent requests.
            connect: the function that opens a connection.

        Raises:
            OSError: a first connection cannot be made.
        """
        self._connect = partial(connect, partial(Connection, self))
        async with asyncio.timeout(_CONNECT_SECONDS):
            await asyncio.gather(*(self._connect() for _ in range(connections)))
        self._began = self._loop.time() + _HEAD_START_SECONDS
        self._loop.call_at(self._began, self._arrive)
        self._loop.call_later(_LOOK_SECONDS, self._fail_late_requests)
        await self._is_over
        return self._results()

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
        """Send the next waiting request on a free connection, or keep it for the next one that arrives."""
        self._connections.add(connection)
        if self._waiting:
            self._send(connection, *self._waiting.popleft())
        else:
            self._free.append(connection)

    def answered(self, intended: float, status: int) -> None:
        """Count an answer."""
        self._latency[_microseconds(self._loop.time() - intended)] += 1
        self._non_2xx += not 200 <= status < 300

    def lost(self, connection: Connection) -> None:
        """Replace a closed connection."""
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

    def _fail_late_requests(self) -> None:
        oldest = self._loop.time() - self._timeout
        late = [each for each in self._connections if each.intended is not None and each.intended < oldest]
        for connection in late:
            connection.fail("timeout")
        while self._waiting and self._waiting[0][0] < oldest:
            self._waiting.popleft()
            self.failed["timeout"] += 1
        has_current = any(connection.intended is not None for connection in self._connections)
        if self._arrived == self._wanted and not self._waiting and not has_current:
            self._is_over.set_result(None)
        else:
            self._loop.call_later(_LOOK_SECONDS, self._fail_late_requests)

    def _results(self) -> dict[str, Any]:
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
