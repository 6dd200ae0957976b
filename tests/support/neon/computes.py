"""A compute of the front: its connections, and when it suspends and wakes."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from tests.support.neon.messages import EXECUTE, PARSE, QUERY

if TYPE_CHECKING:
    from tests.support.neon.link import Link

SUPERUSER = "postgres"
_QUERIES = {QUERY, PARSE, EXECUTE}
_END_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.01


@dataclass
class Suspension:
    """A suspend that waits for its moment."""

    kind: str
    moment: str
    cold_start: float
    happened: asyncio.Future[bool]


@dataclass(eq=False)
class Compute:
    """One endpoint: the paths of the sockets of PostgreSQL and of its pooler."""

    name: str
    database: str
    pooler: str
    superuser: str
    asleep: bool = False
    cold_start: float = 0.5
    rejection: str | None = None
    auto_suspend_seconds: float | None = None
    links: set["Link"] = field(default_factory=set)
    connected: int = 0
    highest: int = 0
    wakes: int = 0
    suspends: int = 0
    queries: int = 0
    suspension: Suspension | None = None
    _last_bytes: float = 0
    _waking: asyncio.Task[None] | None = None
    _ending: asyncio.Task[None] | None = None

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        numbers = {name: getattr(self, name) for name in ("connected", "highest", "wakes", "suspends", "queries")}
        return {**numbers, "open": len(self.links)}

    def add(self, link: "Link") -> None:
        """Add a connection."""
        self.links.add(link)
        self.connected += 1
        self.highest = max(self.highest, len(self.links))
        self._last_bytes = asyncio.get_running_loop().time()

    def client_sent(self, kinds: list[int]) -> None:
        """Record that a client sent these messages, which the backend has received."""
        self._last_bytes = asyncio.get_running_loop().time()
        self.queries += kinds.count(QUERY) + kinds.count(EXECUTE)
        if self.suspension and self.suspension.moment == "mid_query" and not _QUERIES.isdisjoint(kinds):
            self._suspend_as_asked()

    def transaction_seen(self) -> None:
        """Record that a connection is inside a transaction and that its client knows it."""
        if self.suspension and self.suspension.moment == "mid_transaction":
            self._suspend_as_asked()

    def _suspend_as_asked(self) -> None:
        if self.suspension:
            suspension, self.suspension = self.suspension, None
            self.suspend(suspension.kind, suspension.cold_start)
            suspension.happened.set_result(True)

    def suspend(self, kind: str, cold_start: float) -> None:
        """Close every connection and suspend."""
        self.asleep = True
        self.cold_start = cold_start
        self.suspends += 1
        for link in list(self.links):
            link.cut(kind)
        self._ending = asyncio.create_task(self._end_backends())

    async def suspended(self, kind: str, moment: str, cold_start: float, deadline: float) -> bool:
        """Suspend at the moment; return whether it came in time. On return the backends have ended."""
        if self.asleep and moment == "idle":
            return False
        if moment == "idle":
            self.suspend(kind, cold_start)
        else:
            happened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            self.suspension = Suspension(kind, moment, cold_start, happened)
            await asyncio.wait([happened], timeout=deadline)
            self.suspension = None
            if not happened.done():
                return False
        if self._ending:
            await asyncio.shield(self._ending)
        return True

    async def _end_backends(self) -> None:
        """End the backends of PgBouncer, so that no session survives the suspend."""
        others = "backend_type = 'client backend' AND usename IS DISTINCT FROM %s"
        async with asyncio.timeout(_END_SECONDS):
            connection = await psycopg.AsyncConnection.connect(self.superuser, autocommit=True)
            async with connection:
                # Repeated, because a backend may start while the first ones end.
                while await _has_rows(
                    connection, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
                ):
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def awake(self) -> None:
        """Wait until the compute runs. The first caller wakes it, and all callers wait for the same start."""
        while self.asleep:
            if self._waking is None:
                self._waking = asyncio.create_task(self._wake())
            await asyncio.shield(self._waking)

    async def _wake(self) -> None:
        try:
            await asyncio.sleep(self.cold_start)
            if self._ending:
                await self._ending
            self.asleep = False
            self.wakes += 1
            self._last_bytes = asyncio.get_running_loop().time()
        finally:
            self._waking = None

    async def watch_idleness(self) -> None:
        """Suspend whenever no query ran for ``auto_suspend_seconds``."""
        while True:
            idle = asyncio.get_running_loop().time() - self._last_bytes
            limit = self.auto_suspend_seconds
            if limit is not None and idle >= limit and not self.asleep and not any(link.is_busy for link in self.links):
                self.suspend("polite", self.cold_start)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def auto_suspend(self, after_seconds: float | None) -> None:
        """Start to count idle seconds, or stop."""
        self.auto_suspend_seconds = after_seconds
        self._last_bytes = asyncio.get_running_loop().time()


async def _has_rows(connection: psycopg.AsyncConnection[Any], query: str) -> bool:
    cursor = await connection.execute(query, [SUPERUSER])
    return await cursor.fetchone() is not None
