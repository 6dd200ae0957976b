"""Where the database is, in the words of each driver."""

import hashlib
import re
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from partsearch.database.errors import DatabaseAddressError
from partsearch.settings import Settings, settings

EMBEDDED_NAME = "partsearch"
_LONGEST_SOCKET_PATH = 100
_APPLICATION_NAME = "partsearch"


class DatabaseKind(StrEnum):
    """Which PostgreSQL it is."""

    EMBEDDED = "embedded"
    LOCAL = "local"
    NEON = "neon"


@dataclass(frozen=True)
class DatabaseAddress:
    """The address of a database; its parameters are libpq's, and hold the password."""

    kind: DatabaseKind
    parameters: dict[str, str]

    def __repr__(self) -> str:
        return f"DatabaseAddress({self.kind}, {self.shown()})"

    def shown(self) -> str:
        """Host and database for people to read, without the password."""
        host = self.parameters.get("host", "the default socket")
        return f"{self.parameters.get('dbname', '')} at {host}"

    def conninfo(self) -> str:
        """The connection string for psycopg and for PostgreSQL's own programs."""
        defaults = {"connect_timeout": "3", "application_name": _APPLICATION_NAME}
        return make_conninfo("", **{**defaults, **self.parameters})

    def url(self) -> str:
        """The address as a URL, password included, for psql, pg_dump and other tools."""
        rest = {
            key: value for key, value in self.parameters.items() if key not in ("user", "password", "dbname", "port")
        }
        host = rest["host"] if _is_network_host(rest.get("host", "")) else ""
        if host:
            del rest["host"]
            host = f"[{host}]" if ":" in host else host
        port = f":{self.parameters['port']}" if "port" in self.parameters else ""
        if port and not host:
            rest["port"] = self.parameters["port"]
        query = f"?{urlencode(rest, safe='/')}" if rest else ""
        name = quote(self.parameters.get("dbname", ""))
        return f"postgresql://{self._userinfo()}{host}{port if host else ''}/{name}{query}"

    def _userinfo(self) -> str:
        if "user" not in self.parameters:
            return ""
        password = f":{quote(self.parameters['password'], safe='')}" if "password" in self.parameters else ""
        return f"{quote(self.parameters['user'], safe='')}{password}@"

    def asyncpg_arguments(self) -> dict[str, Any]:
        """The keyword arguments for asyncpg."""
        names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
        arguments: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        if "port" in arguments:
            arguments["port"] = int(arguments["port"])
        if "sslmode" in self.parameters:
            arguments["ssl"] = self.parameters["sslmode"]
        return arguments

    def django_settings(self) -> dict[str, Any]:
        """The entry of Django's DATABASES."""
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        options = {key: value for key, value in self.parameters.items() if key not in names}
        entry: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        options = {"connect_timeout": "3", "application_name": _APPLICATION_NAME, **options}
        return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": options}


def _is_network_host(host: str) -> bool:
    return bool(host) and not host.startswith(("/", "@"))


def parse_database_url(url: str) -> DatabaseAddress:
    """The address that a PostgreSQL URL, or a libpq connection string, names.

    Raises:
        DatabaseAddressError: it cannot be understood, or names no database. The message never quotes the password.
    """
    try:
        parameters = {key: str(value) for key, value in conninfo_to_dict(url.strip()).items() if value is not None}
    except psycopg.ProgrammingError:
        raise DatabaseAddressError(
            "DATABASE_URL cannot be understood.",
            "Write it as postgresql://user:password@host:5432/database, special characters percent-encoded.",
        ) from None
    if not all(port.isdecimal() for port in parameters.get("port", "5432").split(",")):
        raise DatabaseAddressError("DATABASE_URL has a port that is not a number.", "Write it as host:5432.")
    if "dbname" not in parameters:
        raise DatabaseAddressError(
            "DATABASE_URL names no database.", "Add it after the host: postgresql://user:password@host:5432/database."
        )
    is_neon = re.search(r"\.neon\.tech$", parameters.get("host", "")) is not None
    return DatabaseAddress(DatabaseKind.NEON if is_neon else DatabaseKind.LOCAL, parameters)


def socket_folder(home: Path) -> Path:
    """Where the sockets of ``home`` live: inside it, or, where that path is too long for a socket, in a short one."""
    inside = home / "run"
    if len(str(inside / "supervisor.sock")) <= _LONGEST_SOCKET_PATH:
        return inside
    return Path(tempfile.gettempdir()) / f"partsearch-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def embedded_address(home: Path, port: int | None = None) -> DatabaseAddress:
    """The address of the embedded PostgreSQL of ``home``: its socket, whose name carries the port if it has one."""
    parameters = {"host": str(socket_folder(home)), "user": EMBEDDED_NAME, "dbname": EMBEDDED_NAME}
    return DatabaseAddress(DatabaseKind.EMBEDDED, parameters | ({"port": str(port)} if port else {}))


def database_address(source: Settings | None = None) -> DatabaseAddress:
    """The address that the settings name."""
    source = source or settings()
    if source.database_url:
        return parse_database_url(source.database_url)
    return embedded_address(source.partsearch_home, source.partsearch_database_port)


def direct_database_address(source: Settings | None = None) -> DatabaseAddress:
    """The unpooled address, for migrations and bulk loads."""
    source = source or settings()
    if source.direct_database_url:
        return parse_database_url(source.direct_database_url)
    return database_address(source)
