"""PostgreSQL servers of the tests: clusters made, started and removed from any folder of binaries; standbys too."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from partsearch.database import embedded
from partsearch.database.account import grant_traversal, site_account
from tests.support.as_account import own, process_arguments
from tests.support.deadline import wait_for
from tests.support.site import free_ports

EMBEDDED = Path(embedded.binary("postgres")).parent
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
LIBC_UTF8 = ("--encoding=UTF8", "--locale=C.UTF-8")
LIBC_C = ("--encoding=UTF8", "--locale=C")
SUPERUSER = "postgres"
_MAKING_SECONDS = 60
_STARTING_SECONDS = 30
_FOR_SPEED = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}


class PostgresCluster:
    """One server on a free loopback port and on a socket in ``folder``; every role is to have ``password``."""

    def __init__(self, binaries: Path, settings: Mapping[str, str], password: str) -> None:
        self.binaries = binaries
        self.password = password
        self.port = free_ports(1)[0]
        self.folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
        self.data = self.folder / "data"
        own(self.folder)
        self.settings = {"listen_addresses": "127.0.0.1", **_FOR_SPEED, **settings}
        self._server: subprocess.Popen[bytes] | None = None
        grant_traversal(site_account(), binaries)

    @classmethod
    @contextmanager
    def started(
        cls,
        binaries: Path = DEBIAN_15,
        locale: Sequence[str] = LIBC_UTF8,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator["PostgresCluster"]:
        """A new cluster, up for the block and removed after it.

        Args:
            binaries: the folder of ``initdb`` and ``postgres``.
            locale: arguments for ``initdb``.
            settings: of postgresql.conf.
        """
        cluster = cls(binaries, settings or {}, secrets.token_hex(12))
        with cluster._removed_at_the_end():
            cluster._initialise(locale)
            cluster.start()
            yield cluster

    @classmethod
    @contextmanager
    def standby_of(
        cls, primary: "PostgresCluster", settings: Mapping[str, str] | None = None
    ) -> Iterator["PostgresCluster"]:
        """A streaming standby of ``primary``, up for the block; ``settings`` are added to the primary's."""
        standby = cls(primary.binaries, {**primary.settings, **(settings or {})}, primary.password)
        with standby._removed_at_the_end():
            source = primary.conninfo("replication")
            standby._run("pg_basebackup", "-D", str(standby.data), "-R", "-X", "stream", "-c", "fast", "-d", source)
            standby.start()
            yield standby

    @contextmanager
    def _removed_at_the_end(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.stop()
            shutil.rmtree(self.folder)

    def _initialise(self, locale: Sequence[str]) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        own(password_file)
        self._run(
            "initdb", "-D", str(self.data), "-U", SUPERUSER, *locale, "--no-sync",
            "--auth=scram-sha-256", f"--pwfile={password_file}",
        )  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            cwd="/",
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=_MAKING_SECONDS,
            **process_arguments(),
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def start(self) -> None:
        """Starts the server and returns when it takes connections."""
        settings = {**self.settings, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *options],
                cwd="/",
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **process_arguments(),
            )
        wait_for(self._takes_connections, _STARTING_SECONDS, "PostgreSQL's start")

    def _takes_connections(self) -> bool:
        assert self._server is not None
        assert self._server.poll() is None, self.log()
        try:
            psycopg.connect(self.conninfo(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stops the server: at once, or, by SIGINT, with a checkpoint."""
        if self._server is None:
            return
        self._server.send_signal(how)
        try:
            self._server.wait(_STARTING_SECONDS)
        finally:
            self._server.kill()
            self._server.wait()
            self._server = None

    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(errors="replace")

    def conninfo(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """For psycopg and PostgreSQL's own programs."""
        return make_conninfo("", host="127.0.0.1", port=self.port, user=user, password=self.password, dbname=database)

    def url(self, database: str = "postgres", user: str = SUPERUSER, host: str = "127.0.0.1") -> str:
        """For DATABASE_URL."""
        return f"postgresql://{quote(user)}:{self.password}@{host}:{self.port}/{quote(database)}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Executes statements as the superuser, each by itself."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create_role(self, name: str) -> None:
        """Makes an ordinary role that may log in."""
        self.run(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{self.password}'")

    def create_database(self, name: str, owner: str = SUPERUSER, rest: str = "") -> str:
        """Makes a database, and its owner where he is missing; returns the owner's address of it."""
        if owner != SUPERUSER and not self._has_role(owner):
            self.create_role(owner)
        self.run(f'CREATE DATABASE "{name}" OWNER "{owner}" {rest}')
        return self.url(name, owner)

    def _has_role(self, name: str) -> bool:
        with psycopg.connect(self.conninfo()) as connection:
            return bool(connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone())
