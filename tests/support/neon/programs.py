"""The two programs of a compute, PostgreSQL and PgBouncer, each with its files in a folder of the account's own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from partsearch.database.account import grant_traversal, site_account
from partsearch.database.embedded import binary
from tests.support.as_account import own, process_arguments
from tests.support.deadline import wait_for
from tests.support.neon.computes import SUPERUSER

SOCKET_PORT = 5432
_STOP_SECONDS = 20
_LOG_LINES = 20

# Neon's default, unlike the embedded PostgreSQL's: libc and not builtin.
_LOCALE = ("--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8")
_DATABASE_SETTINGS = {
    "listen_addresses": "",
    # What Neon gives to its smallest compute: 104, and 7 for itself.
    "max_connections": 111,
    "superuser_reserved_connections": 7,
    "shared_buffers": "64MB",
    "jit": "off",
    "fsync": "off",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
# As on Neon, as far as Debian's PgBouncer 1.18 can. No start-up parameter is ignored.
_POOLER_SETTINGS = {
    "listen_addr": "",
    "listen_port": SOCKET_PORT,
    "auth_type": "trust",
    "pool_mode": "transaction",
    "max_client_conn": 1000,
    "default_pool_size": 64,
    # Neon's PgBouncer starts anew with the compute and remembers no failure; this one must forget by itself.
    "server_login_retry": 0.1,
    "admin_users": SUPERUSER,
}


class Program:
    """A child process with a log, run as an account that may run it."""

    def __init__(self, folder: Path, *command: str) -> None:
        self._command = command
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                **process_arguments(),
            )

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Ends it by a signal, and waits; fails the test if it ended by itself before."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.poll() is None, self.said()
        process.send_signal(how)
        try:
            process.wait(_STOP_SECONDS)
        finally:
            process.kill()
            process.wait(_STOP_SECONDS)

    def answers(self, conninfo: str) -> bool:
        """Whether it takes connections; fails the test with the log's end if it is gone."""
        assert self._process is not None and self._process.poll() is None, self.said()
        try:
            psycopg.connect(conninfo, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def said(self) -> str:
        """The end of the log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-_LOG_LINES:])


class Database:
    """A PostgreSQL with an empty cluster, on a unix socket, without passwords."""

    def __init__(self, folder: Path) -> None:
        self.folder = _own_folder(folder)
        self._data = folder / "data"
        self._program = Program(folder, binary("postgres"), "-D", str(self._data))
        grant_traversal(site_account(), Path(binary("postgres")).parent)

    def conninfo(self, database: str = "postgres") -> str:
        """The superuser's connection string."""
        return f"host={self.folder} port={SOCKET_PORT} user={SUPERUSER} dbname={database} connect_timeout=5"

    @contextmanager
    def running(self) -> Iterator["Database"]:
        """Makes the cluster and runs it."""
        self._initialise()
        self.start()
        try:
            yield self
        finally:
            self._program.stop(signal.SIGINT)

    def _initialise(self) -> None:
        command = [binary("initdb"), "-D", str(self._data), "-U", SUPERUSER, *_LOCALE, "--auth=trust", "--no-sync"]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            cwd="/",
            **process_arguments(),
        )
        assert made.returncode == 0, made.stderr
        with (self._data / "postgresql.conf").open("a") as file:
            for name, value in {**_DATABASE_SETTINGS, "unix_socket_directories": str(self.folder)}.items():
                file.write(f"{name} = '{value}'\n")

    def start(self) -> None:
        """Starts the server on the cluster as it is."""
        self._program.start()
        wait_for(lambda: self._program.answers(self.conninfo()), what="PostgreSQL")

    def crash(self) -> None:
        """Ends the server without a shutdown: afterwards statistics and the rows of UNLOGGED tables are lost."""
        self._program.stop(signal.SIGQUIT)


class Pooler:
    """A PgBouncer in transaction mode before a database."""

    def __init__(self, folder: Path, server: str, users: list[str]) -> None:
        self.folder = _own_folder(folder)
        self._server = server
        program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
        assert program, "PgBouncer is missing: run tools/test-programs"
        self._settings_file = folder / "pgbouncer.ini"
        self._program = Program(folder, program, str(self._settings_file))
        (folder / "users").write_text("".join(f'"{user}" ""\n' for user in [*users, SUPERUSER]))

    @property
    def socket(self) -> str:
        """The path of its socket."""
        return str(self.folder / f".s.PGSQL.{SOCKET_PORT}")

    @property
    def conninfo(self) -> str:
        """The connection string of its own console."""
        return f"host={self.folder} port={SOCKET_PORT} user={SUPERUSER} dbname=pgbouncer connect_timeout=5"

    def start(self, settings: Mapping[str, str | int] | None = None) -> None:
        """Starts it with ``settings`` beside the usual ones."""
        usual = {**_POOLER_SETTINGS, "unix_socket_dir": str(self.folder), "auth_file": str(self.folder / "users")}
        lines = [f"{name} = {value}" for name, value in {**usual, **(settings or {})}.items()]
        databases = ["[databases]", f"* = {self._server}", "[pgbouncer]"]
        self._settings_file.write_text("\n".join([*databases, *lines, ""]))
        self._program.start()
        wait_for(lambda: self._program.answers(self.conninfo), what="PgBouncer")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Ends it at once."""
        self._program.stop(how)

    def show(self, what: str) -> list[dict[str, Any]]:
        """What its console shows, such as ``POOLS`` or ``CLIENTS``."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            cursor = psycopg.ClientCursor(connection, row_factory=psycopg.rows.dict_row)
            return cursor.execute(f"SHOW {what}").fetchall()


def _own_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    own(folder)
    return folder
