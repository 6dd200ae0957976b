"""Neon for the tests: its addresses, its TLS front, its pooler, and its sleep."""

import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.support.as_account import give_to_account as own_folder
from tests.support.neon.computes import SUPERUSER
from tests.support.neon.control import FrontProcess
from tests.support.neon.programs import SOCKET_PORT, Database, Pooler

DOMAIN = "local.aws.neon.tech"
ENDPOINT = "ep-cool-name-123456"
DATABASE = "neondb"
OWNER = "partsearch_owner"
# Its special characters must be percent-encoded in a URL.
PASSWORD = "p@ss/w:rd%"
DISABLED = "The endpoint is disabled. Enable it using Neon API and retry."
OVER_QUOTA = "Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits."

Kind = Literal["polite", "rude"]
Moment = Literal["idle", "mid_query", "mid_transaction"]


@dataclass(frozen=True)
class Counts:
    """What the front counted for an endpoint; ``accepted`` is of all endpoints, and of those who named none."""

    accepted: int
    connected: int
    open: int
    highest: int
    wakes: int
    suspends: int
    queries: int


class EmulatedNeon:
    """A Neon project with one compute; more endpoints can be added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._front = FrontProcess(folder)
        self._poolers: dict[str, Pooler] = {}
        self._stack = ExitStack()
        self.database = Database(folder / "database")

    @classmethod
    @contextmanager
    def started(cls, *, port: int = 0, pooler: Mapping[str, str | int] | None = None) -> Iterator["EmulatedNeon"]:
        """Runs it for the block, its database empty.

        Args:
            port: where the front listens; 0 chooses a free port.
            pooler: settings of PgBouncer that differ from the usual ones.
        """
        # Short, since the path of a socket may have no more than 107 letters; reached by the site's account alone.
        folder = Path(tempfile.mkdtemp(prefix="neon-"))
        try:
            own_folder(folder)
            neon = cls(folder)
            with neon._stack as stack:
                stack.enter_context(neon._front.running(DOMAIN, OWNER, PASSWORD, port))
                stack.enter_context(neon.database.running())
                neon._create_database()
                neon.add_endpoint(ENDPOINT, neon.database.folder, pooler=pooler)
                yield neon
        finally:
            shutil.rmtree(folder)

    def _create_database(self) -> None:
        with psycopg.connect(self.database.conninfo(), autocommit=True) as connection:
            owner, name = sql.Identifier(OWNER), sql.Identifier(DATABASE)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(owner))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))

    def add_endpoint(
        self,
        name: str,
        database_folder: Path,
        database_port: int = SOCKET_PORT,
        pooler: Mapping[str, str | int] | None = None,
    ) -> None:
        """Adds an endpoint, such as a read replica, with a pooler of its own.

        Args:
            name: ``ep-…-123456``.
            database_folder: where its PostgreSQL has its socket, open to every role without a password.
            database_port: the number in the socket's name.
            pooler: settings of PgBouncer that differ from the usual ones.
        """
        server = f"host={database_folder} port={database_port}"
        own = Pooler(self._folder / f"pooler-{len(self._poolers)}", server, [OWNER])
        self._poolers[name] = own
        own.start(pooler)
        self._stack.callback(own.stop)
        self._front.order(
            "add",
            name=name,
            database=f"{database_folder}/.s.PGSQL.{database_port}",
            pooler=own.socket,
            superuser=f"{server} user={SUPERUSER} dbname=postgres connect_timeout=5",
        )

    def url(self, endpoint: str = ENDPOINT, *, pooled: bool = True, host: str | None = None) -> str:
        """The string of Neon's console, and the address that its name does not resolve to."""
        host = host or f"{endpoint}{'-pooler' if pooled else ''}.{DOMAIN}"
        return (
            f"postgresql://{OWNER}:{quote(PASSWORD, safe='')}@{host}:{self.port}/{DATABASE}"
            "?sslmode=require&channel_binding=require&hostaddr=127.0.0.1"
        )

    @property
    def port(self) -> int:
        """Where the front listens."""
        return self._front.port

    @property
    def pooled_url(self) -> str:
        """The address through the pooler."""
        return self.url()

    @property
    def direct_url(self) -> str:
        """The address without the pooler."""
        return self.url(pooled=False)

    @property
    def certificate_authority(self) -> Path:
        """Who signed the front's certificate, for ``sslmode=verify-full``."""
        return self._front.authority

    @property
    def superuser_conninfo(self) -> str:
        """PostgreSQL itself, past the front and uncounted. A suspend leaves these connections alone."""
        return self.database.conninfo(DATABASE)

    def suspend(
        self,
        kind: Kind = "polite",
        moment: Moment = "idle",
        cold_start: float = 0.5,
        *,
        deadline: float = 5.0,
        endpoint: str = ENDPOINT,
    ) -> bool:
        """Cuts all connections and lets the compute sleep until the next one comes.

        Args:
            kind: ``polite`` with 57P01, ``rude`` with RST.
            moment: at once, after a query was passed on and before its answer, or inside a transaction.
            cold_start: how many seconds waking takes.
            deadline: how many seconds to wait for the moment.
            endpoint: which compute.

        Returns:
            Whether it happened: false if the moment did not come, or the compute slept already.
        """
        return bool(
            self._front.order(
                "suspend", name=endpoint, kind=kind, moment=moment, cold_start=cold_start, deadline=deadline
            )
        )

    def auto_suspend(self, after_seconds: float | None, *, cold_start: float = 0.5, endpoint: str = ENDPOINT) -> None:
        """Suspends politely whenever no client sent anything for so long; None stops that."""
        self._front.order("auto_suspend", name=endpoint, after_seconds=after_seconds, cold_start=cold_start)

    def is_asleep(self, endpoint: str = ENDPOINT) -> bool:
        """Whether the compute sleeps."""
        return bool(self._front.order("is_asleep", name=endpoint))

    def counts(self, endpoint: str = ENDPOINT) -> Counts:
        """What was counted so far."""
        return Counts(**self._front.order("counts", name=endpoint))

    def refuse(self, text: str | None, endpoint: str = ENDPOINT) -> None:
        """Refuses new connections with ``DISABLED``, ``OVER_QUOTA`` or another text; None lets them in again."""
        self._front.order("refuse", name=endpoint, text=text)

    def stop_pooler(self, *, kill: bool = False, endpoint: str = ENDPOINT) -> None:
        """Ends PgBouncer, which cuts its clients without a word."""
        self._poolers[endpoint].stop(signal.SIGKILL if kill else signal.SIGTERM)

    def start_pooler(self, endpoint: str = ENDPOINT, **settings: str | int) -> None:
        """Starts PgBouncer again, with settings that hold until it is started anew."""
        self._poolers[endpoint].start(settings)

    def restart_pooler(self, *, kill: bool = False, endpoint: str = ENDPOINT, **settings: str | int) -> None:
        """Ends PgBouncer and starts it, with settings such as ``max_client_conn=3``."""
        self.stop_pooler(kill=kill, endpoint=endpoint)
        self.start_pooler(endpoint, **settings)

    def show_pooler(self, what: str, endpoint: str = ENDPOINT) -> list[dict[str, Any]]:
        """What PgBouncer's console shows, such as ``POOLS`` or ``CLIENTS``."""
        return self._poolers[endpoint].show(what)
