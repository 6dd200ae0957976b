"""Neon for the tests: its addresses, TLS front, pooler and suspends."""

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
    """The counts of the front for an endpoint; ``accepted`` covers all endpoints and clients that named none."""

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
        """Run it for the block with an empty database.

        Args:
            port: where the front listens; 0 chooses a free port.
            pooler: settings of PgBouncer that differ from the usual ones.
        """
        # Short, because the path of a socket has at most 107 bytes; only the site's account may open it.
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
        """Add an endpoint, such as a read replica, with its own pooler.

        Args:
            name: ``ep-…-123456``.
            database_folder: the folder of the socket of its PostgreSQL, which accepts every role without a password.
            database_port: the number in the socket's name.
            pooler: settings of PgBouncer that differ from the usual ones.
        """
        server = f"host={database_folder} port={database_port}"
        own = Pooler(self._folder / f"pooler-{len(self._poolers)}", server, [OWNER])
        self._poolers[name] = own
        own.start(pooler)
        self._stack.callback(own.stop)
        self._front.send_command(
            "add",
            name=name,
            database=f"{database_folder}/.s.PGSQL.{database_port}",
            pooler=own.socket,
            superuser=f"{server} user={SUPERUSER} dbname=postgres connect_timeout=5",
        )

    def url(self, endpoint: str = ENDPOINT, *, pooled: bool = True, host: str | None = None) -> str:
        """Return the URL of Neon's console with ``hostaddr``, because the name does not resolve to the front."""
        host = host or f"{endpoint}{'-pooler' if pooled else ''}.{DOMAIN}"
        return (
            f"postgresql://{OWNER}:{quote(PASSWORD, safe='')}@{host}:{self.port}/{DATABASE}"
            "?sslmode=require&channel_binding=require&hostaddr=127.0.0.1"
        )

    @property
    def port(self) -> int:
        """The port of the front."""
        return self._front.port

    @property
    def pooled_url(self) -> str:
        """The URL through the pooler."""
        return self.url()

    @property
    def direct_url(self) -> str:
        """The URL without the pooler."""
        return self.url(pooled=False)

    @property
    def certificate_authority(self) -> Path:
        """The authority of the front's certificate, for ``sslmode=verify-full``."""
        return self._front.authority

    @property
    def superuser_conninfo(self) -> str:
        """The connection string of PostgreSQL itself, without the front and its counts; a suspend does not close it."""
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
        """Close all connections and suspend the compute until the next connection.

        Args:
            kind: ``polite`` with 57P01, ``rude`` with RST.
            moment: at once, between a query and its answer, or inside a transaction.
            cold_start: the seconds that the next start takes.
            deadline: the seconds to wait for the moment.
            endpoint: the endpoint of the compute.

        Returns:
            Whether it suspended: false if the moment did not come, or if it was suspended already.
        """
        return bool(
            self._front.send_command(
                "suspend", name=endpoint, kind=kind, moment=moment, cold_start=cold_start, deadline=deadline
            )
        )

    def auto_suspend(self, after_seconds: float | None, *, cold_start: float = 0.5, endpoint: str = ENDPOINT) -> None:
        """Suspend politely whenever no client sent anything for so long; None stops that."""
        self._front.send_command("auto_suspend", name=endpoint, after_seconds=after_seconds, cold_start=cold_start)

    def is_asleep(self, endpoint: str = ENDPOINT) -> bool:
        """Return whether the compute is suspended."""
        return bool(self._front.send_command("is_asleep", name=endpoint))

    def counts(self, endpoint: str = ENDPOINT) -> Counts:
        """Return the counts so far."""
        return Counts(**self._front.send_command("counts", name=endpoint))

    def reject(self, text: str | None, endpoint: str = ENDPOINT) -> None:
        """Reject new connections with ``DISABLED``, ``OVER_QUOTA`` or another text; None accepts them again."""
        self._front.send_command("reject", name=endpoint, text=text)

    def stop_pooler(self, *, kill: bool = False, endpoint: str = ENDPOINT) -> None:
        """Stop PgBouncer, which closes the connections of its clients without a message."""
        self._poolers[endpoint].stop(signal.SIGKILL if kill else signal.SIGTERM)

    def start_pooler(self, endpoint: str = ENDPOINT, **settings: str | int) -> None:
        """Start PgBouncer again; the settings apply until its next start."""
        self._poolers[endpoint].start(settings)

    def restart_pooler(self, *, kill: bool = False, endpoint: str = ENDPOINT, **settings: str | int) -> None:
        """Restart PgBouncer with settings such as ``max_client_conn=3``."""
        self.stop_pooler(kill=kill, endpoint=endpoint)
        self.start_pooler(endpoint, **settings)

    def show_pooler(self, what: str, endpoint: str = ENDPOINT) -> list[dict[str, Any]]:
        """Return what PgBouncer's console shows, such as ``POOLS`` or ``CLIENTS``."""
        return self._poolers[endpoint].show(what)
