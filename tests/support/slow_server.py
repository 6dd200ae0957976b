"""A small HTTP server with a known behaviour: how long an answer takes and which requests fail. It logs both."""

import asyncio
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PART = {
    "id": 1,
    "mark": {"id": 1, "name": "Honda", "producer_country_name": "Япония"},
    "model": {"id": 2, "name": "Accord"},
    "name": "Бампер передний",
    "json_data": {"color": "красный", "is_new_part": True},
    "price": 2300,
}


@dataclass
class SlowServer:
    """A server that answers every request with the same search result.

    Attributes:
        fast: seconds that most answers take.
        slow: seconds that the others take.
        slow_share: the fraction of slow answers.
        failing: every n-th answer is an immediate 503; 0: none.
        closing: every n-th request gets no answer and its connection is closed; 0: none.
        answer: the JSON.
        seconds: how long each answer took, from the end of its request.
        statuses: answers by status.
        requests: the number of requests by method, path and body.
    """

    fast: float = 0.0
    slow: float = 0.0
    slow_share: float = 0.0
    failing: int = 0
    closing: int = 0
    answer: Any = field(default_factory=lambda: {"response": [PART], "count": 1, "summ": 2300})
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    requests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    port: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(5))

    @property
    def url(self) -> str:
        """The URL."""
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Clear the log."""
        self.seconds.clear()
        self.statuses.clear()
        self.requests.clear()

    @contextmanager
    def running(self) -> Iterator["SlowServer"]:
        """Serve for the block."""
        loop = asyncio.new_event_loop()
        listening = threading.Event()
        thread = threading.Thread(target=loop.run_until_complete, args=(self._serve(listening),))
        thread.start()
        assert listening.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(self._stopping.set)
            thread.join()
            loop.close()

    async def _serve(self, listening: threading.Event) -> None:
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await self._stopping.wait()
        server.close()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"(?i)^content-length: *(\d+)", head, re.MULTILINE)
                body = (await reader.readexactly(int(length[1]) if length else 0)).decode()
                began = time.perf_counter()
                method, path, _ = head.split(" ", 2)
                self.requests[method, path, body] += 1
                if self.closing and self.requests.total() % self.closing == 0:
                    break
                await self._answer(writer)
                self.seconds.append(time.perf_counter() - began)
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        number = self.statuses.total() + 1
        status = 503 if self.failing and number % self.failing == 0 else 200
        self.statuses[status] += 1
        if status == 200:
            await asyncio.sleep(self.slow if self._chance.random() < self.slow_share else self.fast)
        body = json.dumps(self.answer, ensure_ascii=False).encode()
        writer.write(
            f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
