"""The address of a database, in the words of each driver."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import Any
from urllib.parse import quote, urlencode

from psycopg.conninfo import make_conninfo

from partsearch.database.tls import asyncpg_tls

APPLICATION_NAME = "partsearch"
_POOLER = re.compile(r"^([^.]+)-pooler(?=\.)")
_CONNECT_SECONDS = 3
_RESTART_SECONDS = 2.4
_WAKING_SECONDS = 8


class DatabaseKind(StrEnum):
    """Which PostgreSQL it is."""

    EMBEDDED = "embedded"
    LOCAL = "local"
    NEON = "neon"


@dataclass(frozen=True)
class DatabaseAddress:
    """The address of a database; its parameters are libpq's, and hold the password.

    ``is_pooled`` tells that a pooler stands between, which lends its connections for a transaction at a time.
    """

    kind: DatabaseKind
    parameters: dict[str, str]
    is_pooled: bool = False

    def __repr__(self) -> str:
        return f"DatabaseAddress({self.kind}, {self.shown()})"

    def shown(self) -> str:
        """Host and database for people to read, without the password."""
        host = self.parameters.get("host") or self.parameters.get("hostaddr", "the default socket")
        return f"{self.parameters.get('dbname', '')} at {host}"

    @property
    def sleeps(self) -> bool:
        """Whether the database is suspended when nobody asks it, and takes a while to wake."""
        return self.kind is DatabaseKind.NEON

    @property
    def connect_seconds(self) -> int:
        """How long a connection may take to be made."""
        return _WAKING_SECONDS if self.sleeps else _CONNECT_SECONDS

    @property
    def connect_timeout_seconds(self) -> float:
        """How long a search may wait for a lost database: one that sleeps is given the time to wake."""
        return _WAKING_SECONDS if self.sleeps else _RESTART_SECONDS

    @property
    def names_pooler(self) -> bool:
        """Whether its host is that of Neon's pooler."""
        return self.kind is DatabaseKind.NEON and _POOLER.match(self.parameters["host"]) is not None

    def direct(self) -> "DatabaseAddress":
        """The same database without Neon's pooler between; an address that does not name the pooler as it is."""
        if not self.names_pooler:
            return self
        host = _POOLER.sub(r"\1", self.parameters["host"])
        return replace(self, parameters={**self.parameters, "host": host}, is_pooled=False)

    def conninfo(self) -> str:
        """The connection string for psycopg and for PostgreSQL's own programs."""
        return make_conninfo("", **{**self._defaults(), **self.parameters})

    def _defaults(self) -> dict[str, str]:
        return {"connect_timeout": str(self.connect_seconds), "application_name": APPLICATION_NAME}

    def url(self) -> str:
        """The address as a URL, password included, for psql, pg_dump and other tools."""
        rest = {key: value for key, value in self.parameters.items() if key not in ("user", "password", "dbname")}
        hosts = ""
        if _is_network_host(rest.get("host", "")):
            hosts = _hosts_with_ports(rest.pop("host"), rest.pop("port", ""))
        query = f"?{urlencode(rest, safe='/', quote_via=quote)}" if rest else ""
        return f"postgresql://{self._userinfo()}{hosts}/{quote(self.parameters.get('dbname', ''), safe='')}{query}"

    def _userinfo(self) -> str:
        if "user" not in self.parameters:
            return ""
        password = f":{quote(self.parameters['password'], safe='')}" if "password" in self.parameters else ""
        return f"{quote(self.parameters['user'], safe='')}{password}@"

    def asyncpg_arguments(self) -> dict[str, Any]:
        """The keyword arguments for asyncpg, but for ``server_settings``, which ``asyncpg_server_settings`` gives."""
        names = {"user": "user", "password": "password", "passfile": "passfile", "dbname": "database"}
        names["target_session_attrs"] = "target_session_attrs"
        arguments: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        host = self.parameters.get("hostaddr") or self.parameters.get("host")
        if host:
            arguments["host"] = host.split(",") if "," in host else host
        if "port" in self.parameters:
            ports = [int(port) for port in self.parameters["port"].split(",")]
            arguments["port"] = ports if len(ports) > 1 else ports[0]
        return arguments | asyncpg_tls(self.parameters)

    def asyncpg_server_settings(self) -> dict[str, str]:
        """The start-up parameters that the address asks for, and the name of this program."""
        names = ("application_name", "options")
        return {"application_name": APPLICATION_NAME} | {
            name: self.parameters[name] for name in names if name in self.parameters
        }

    def django_settings(self) -> dict[str, Any]:
        """The entry of Django's DATABASES."""
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        entry: dict[str, Any] = {
            theirs: self.parameters[ours] for ours, theirs in names.items() if ours in self.parameters
        }
        options: dict[str, Any] = {key: value for key, value in self.parameters.items() if key not in names}
        return {
            "ENGINE": "django.db.backends.postgresql",
            **entry,
            "OPTIONS": {**self._defaults(), **options},
            # A cursor on the server lives longer than the transaction for which a pooler lends a connection.
            "DISABLE_SERVER_SIDE_CURSORS": self.is_pooled,
        }


def _hosts_with_ports(hosts: str, ports: str) -> str:
    """One host or several, each with its port where it has one, as a URL has them."""
    pairs = zip_longest(hosts.split(","), ports.split(",") if ports else [], fillvalue="")
    return ",".join(f"{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}" for host, port in pairs)


def _is_network_host(host: str) -> bool:
    return bool(host) and not host.startswith(("/", "@"))
